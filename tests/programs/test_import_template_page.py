"""The template and its data dictionary, as an admin downloads them."""

import pytest
from django.urls import reverse

from programs.imports.template_file import data_dictionary
from tests.programs.builders import reference_tables
from tests.programs.importing import upload
from tests.smartpick.people import signed_in

pytestmark = pytest.mark.django_db


def test_template_download_is_the_header_and_can_be_uploaded_with_a_row():
    reference_tables()
    admin = signed_in()
    response = admin.get(reverse("data:template"))
    assert (response["Content-Type"], response["Content-Disposition"]) == ("text/csv; charset=utf-8", 'attachment; filename="smartpick_template.csv"')
    columns = response.content.decode("utf-8-sig").strip().split(",")
    assert columns == [entry.column for entry in data_dictionary()]
    draft_page = upload(admin, response.content + b"1400500001" + b"," * (len(columns) - 1) + b"\r\n")["Location"]
    form = admin.get(draft_page).context["form"]
    assert [column.field.value() for column in form.columns()] == columns


def test_dictionary_page_tells_of_every_column_what_it_may_hold():
    html = signed_in().get(reverse("data:dictionary")).content.decode()
    assert [entry.column for entry in data_dictionary() if f"<code>{entry.column}</code>" not in html] == []
    assert html.count("<tr id=") == len(data_dictionary())


def test_dictionary_download_holds_the_same():
    response = signed_in().get(reverse("data:dictionary-csv"))
    assert response["Content-Disposition"] == 'attachment; filename="smartpick_data_dictionary.csv"'
    assert len(response.content.decode("utf-8-sig").splitlines()) == len(data_dictionary()) + 1
