"""The settings, .env.example, docker-compose.yml, the Dockerfile and the continuous run agree."""

import re
import tomllib
from importlib import import_module

import pytest
import yaml
from celery.bin.beat import beat
from celery.bin.worker import worker
from django.core.management import get_commands
from gunicorn.config import Config

from tests.repo.sources import BASE_DIR, names_read_by_settings

INTERPOLATION = re.compile(r"(?<!\$)\$\{([A-Z_]+)")


def text_of(name):
    return (BASE_DIR / name).read_text(encoding="utf-8")


def compose():
    return yaml.safe_load(text_of("docker-compose.yml"))


def services_of_the_image():
    """The services that run SmartPick's own image, by name."""
    return {name: service for name, service in compose()["services"].items() if service["image"] == "smartpick"}


def options_in(command):
    return {word for word in command if word.startswith("-") and word != "-"}  # "-" is standard output


def options_of(command):
    """What a command of Celery's accepts."""
    return {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}


def example_names():
    return re.findall(r"^#?([A-Z_]+)=", text_of(".env.example"), re.MULTILINE)


def test_example_names_every_setting_once_and_nothing_else():
    wanted = names_read_by_settings() | set(INTERPOLATION.findall(text_of("docker-compose.yml")))
    assert sorted(example_names()) == sorted(wanted)


def test_compose_sets_only_what_the_settings_read():
    assert set(services_of_the_image()) == {"migrate", "web", "worker", "beat", "clean-up"}
    for service in services_of_the_image().values():
        assert set(service["environment"]) - names_read_by_settings() == set()


def test_compose_holds_no_secret():
    environment = compose()["services"]["web"]["environment"]
    assert re.fullmatch(r"\$\{SECRET_KEY:\?.+\}", environment["SECRET_KEY"])
    assert re.fullmatch(r"\$\{POSTGRES_PASSWORD:\?.+\}", compose()["services"]["db"]["environment"]["POSTGRES_PASSWORD"])


def test_compose_and_continuous_run_use_the_same_postgresql():
    in_compose = re.fullmatch(r"postgres:(\d+)", compose()["services"]["db"]["image"])[1]
    in_run = re.search(r"^POSTGRES_MAJOR=(\d+)", text_of(".ci/run"), re.MULTILINE)[1]
    assert in_compose == in_run


def test_compose_waits_for_health_of_services_that_have_a_check():
    services = compose()["services"]
    for service in services.values():
        for other, wait in service.get("depends_on", {}).items():
            healthy = wait["condition"] == "service_healthy"
            assert healthy == ("healthcheck" in services[other])


def test_compose_migrates_before_anything_else_of_smartpick_starts():
    first = {"condition": "service_completed_successfully"}
    assert {name for name, service in services_of_the_image().items() if service["depends_on"].get("migrate") != first} == {"migrate"}


def test_compose_starts_again_what_ended_but_for_the_migration():
    assert {name: service["restart"] for name, service in compose()["services"].items() if service["restart"] != "unless-stopped"} == {"migrate": "no"}


def test_compose_has_one_beat():
    """Two would each send everything. A worker with -B is one too."""
    with_beat = {name for name, service in services_of_the_image().items() if {"beat", "-B", "--beat"} & set(service["command"])}
    assert with_beat == {"beat"}
    assert {"deploy", "scale"} & set(compose()["services"]["beat"]) == set()


@pytest.mark.parametrize(("service", "program"), [("worker", worker), ("beat", beat)], ids=["worker", "beat"])
def test_compose_starts_celery_with_options_that_it_has(service, program):
    celery, option, application, name, *words = compose()["services"][service]["command"]
    assert (celery, option, name) == ("celery", "-A", program.name)
    assert import_module(application).celery_app.main == "smartpick"
    assert options_in(words) - options_of(program) == set()


def test_compose_starts_gunicorn_with_options_that_it_has():
    gunicorn, module, *words = compose()["services"]["web"]["command"]
    assert gunicorn == "gunicorn"
    assert callable(import_module(module).application)
    assert options_in(words) - {option for setting in Config().settings.values() for option in setting.cli or ()} == set()


@pytest.mark.parametrize("service", ["migrate", "clean-up"])
def test_compose_commands_exist(service):
    named = re.findall(r"manage\.py ([a-z_]+)", " ".join(compose()["services"][service]["command"]))
    assert named != []
    assert set(named) - set(get_commands()) == set()


def test_compose_asks_programs_for_their_health_by_the_names_they_have():
    for service, node in (("worker", "celery"), ("beat", "celerybeat")):
        _, check = compose()["services"][service]["healthcheck"]["test"]
        assert f"--destination {node}@$$HOSTNAME " in check


def test_compose_keeps_the_queue():
    """Nothing depends on it (tests/faults), but what is queued need not wait for beat."""
    redis = compose()["services"]["redis"]
    assert redis["command"] == ["redis-server", "--appendonly", "yes"]
    assert redis["volumes"] == ["queue:/data"]


def test_image_lets_beat_write_where_it_remembers_what_it_sent():
    assert re.search(r"install --directory --owner smartpick var$", text_of("Dockerfile"), re.MULTILINE)
    assert re.search(r"^USER smartpick$", text_of("Dockerfile"), re.MULTILINE)


def test_compose_named_volumes_are_declared():
    used = {volume.partition(":")[0] for service in compose()["services"].values() for volume in service.get("volumes", [])}
    assert used == set(compose()["volumes"])


def test_image_and_lint_target_the_oldest_python_that_is_supported():
    project = tomllib.loads(text_of("pyproject.toml"))
    oldest = project["project"]["requires-python"].removeprefix(">=")
    assert re.search(r"^FROM python:([\d.]+)-slim$", text_of("Dockerfile"), re.MULTILINE)[1] == oldest
    assert project["tool"]["mypy"]["python_version"] == oldest
    assert project["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"
    assert f"sys.version_info < ({oldest.replace('.', ', ')})" in text_of("Makefile")
