"""Rankings as pages, files and sentences show them. No HTTP, and no template: data only.

words      what a term or a criterion says about one applicant at one program
rows       one program on the list, and excluded programs by reason
why        the full sum behind one chance
filters    which rows a reader wants to see
list, program, method, example, document    one page or file each
licensing  what a state's board may object to
"""
