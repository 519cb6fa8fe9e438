"""The national model, its fit to the published tables, and the comparison of the two.

national.py   what a reference mix of applicants experiences, as the published tables count it
published.py  the published figures of each specialty, and what may be read off them
fit.py        the parameters that give those figures back
compare.py    model against published, figure by figure
"""
