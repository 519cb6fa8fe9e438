"""The words an applicant's profile is kept in."""

from django.db.models import TextChoices


class ApplicantType(TextChoices):
    """NRMP's split, by citizenship. Permanent residents are non-U.S. IMGs who need no visa."""

    US_IMG = "us_img", "U.S. IMG"
    NON_US_IMG = "non_us_img", "Non-U.S. IMG"


class VisaNeed(TextChoices):
    NONE = "none", "No visa needed"
    J1 = "j1", "J-1"
    H1B = "h1b", "H-1B only"
    EITHER = "either", "J-1 or H-1B"


class Exam(TextChoices):
    STEP1 = "step1", "Step 1"
    STEP2_CK = "step2_ck", "Step 2 CK"
    STEP3 = "step3", "Step 3"
    OET = "oet", "OET"
    OTHER_ENGLISH = "other_english", "Other English exam"


STEPS = (Exam.STEP1, Exam.STEP2_CK, Exam.STEP3)


class Outcome(TextChoices):
    PASS = "pass", "Passed"
    FAIL = "fail", "Failed"
    AWAITED = "awaited", "Result awaited"


class UsceKind(TextChoices):
    ELECTIVE = "elective", "Elective (hands-on)"
    EXTERNSHIP = "externship", "Externship (hands-on)"
    SUB_INTERNSHIP = "sub_internship", "Sub-internship (hands-on)"
    OBSERVERSHIP = "observership", "Observership"


HANDS_ON = frozenset({UsceKind.ELECTIVE, UsceKind.EXTERNSHIP, UsceKind.SUB_INTERNSHIP})


class EcfmgStatus(TextChoices):
    CERTIFIED = "certified", "Certified"
    IN_PROGRESS = "in_progress", "In progress"
    NOT_STARTED = "not_started", "Not started"
