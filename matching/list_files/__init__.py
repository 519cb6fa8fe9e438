"""The applicant's list as a file: which columns it has, and how columns and cells of other people's spreadsheets are read."""
