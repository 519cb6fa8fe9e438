"""A browser that visits the profile page."""

from django.contrib.messages import get_messages
from django.http import QueryDict

from applicants.forms import ProfileForms
from applicants.models import Profile
from applicants.queries import profile_data
from applicants.services import save_profile
from smartpick.access import VISITOR
from smartpick.models import User
from tests.applicants.builders import FULL, REFERENCE

PAGE, DELETE = "/profile/", "/profile/delete/"
ANSWERS = "?specialty=120&type=non_us_img&ck=228&fails=2&visa=j1"


def as_posted(forms):
    """What a browser sends for a form as it is shown."""
    data = QueryDict(mutable=True)
    for form in forms.all:
        for field in form:
            value = field.value()
            if value is None or value is False or value == "":
                continue
            data.setlist(field.html_name, [str(one) for one in value] if isinstance(value, list | tuple) else ["on" if value is True else str(value)])
    return data


def posted(data, **changes):
    fields = as_posted(ProfileForms(REFERENCE, initial=data)).dict() | {"preferred_states": list(data.preferred_states)}
    return {key: value for key, value in {**fields, **changes}.items() if value is not None}


def visit(client, profile_id):
    """Put anything at all where the session keeps the profile id."""
    session = client.session
    session["profile_id"] = profile_id
    session.save()


def keep(data=FULL, **more):
    return save_profile(by=VISITOR, data=data, **more)


def with_owner(data=FULL, email="owner@example.org"):
    profile = keep(data)
    Profile.objects.filter(pk=profile.pk).update(owner=User.objects.create_user(email))
    return Profile.objects.get(pk=profile.pk)


def shown(response):
    """Name and value of every control of the page that holds something."""
    values = {}
    for form in response.context["forms"].all:
        values |= {field.html_name: str(field.value()) for field in form if field.value()}
    return values


def stored(pk):
    return profile_data(Profile.objects.get(pk=pk))


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]
