"""The explanation names what excludes, what is open, and whose silence it is."""

import numpy as np
import pytest

from matching.engine import Criterion, Model, explain
from matching.engine.evidence import specialty, weights
from matching.engine.explain import criteria_in
from matching.engine.tables import NO, Visa
from tests.engine.strategies import NAN, one_applicant, one_program

MODEL = Model(specialty("140"), weights(), np.array([-2.0, -2.5]), np.zeros(2))


def why(applicant, program):
    return explain(one_applicant(**applicant), one_program(**program), MODEL)[0]


def test_explain_takes_the_intercept_of_the_applicants_kind():
    assert [why({"kind": kind}, {}).intercept for kind in (0, 1)] == [-2.0, -2.5]


def test_explain_names_every_criterion_that_excludes():
    found = why({"visa": Visa.J1, "step2_score": 200}, {"visa_j1": NO, "step2_min": 220})
    assert found.excluded_by == (Criterion.VISA, Criterion.STEP2_MIN)


def test_explain_tells_the_programs_silence_from_the_applicants():
    found = why({"years_since_graduation": NAN, "visa": Visa.J1}, {"max_years_since_graduation": 5})
    assert found.unsaid == (Criterion.GRADUATION,)
    assert Criterion.VISA in found.unknown
    assert set(found.may_exclude) == {Criterion.VISA, Criterion.GRADUATION}


def test_explain_open_criterion_without_risk_may_not_exclude():
    found = why({"step2_score": 270}, {})
    assert Criterion.STEP2_MIN in found.unknown
    assert Criterion.STEP2_MIN not in found.may_exclude


@pytest.mark.parametrize("criteria", [(), (Criterion.ACCEPTS,), (Criterion.VISA, Criterion.OWN_TYPE)])
def test_criteria_in_reads_back_the_bits(criteria):
    assert criteria_in(sum(criterion.bit for criterion in criteria)) == criteria
