"""The settings, .env.example, docker-compose.yml, the Dockerfile and the continuous run agree."""

import re
import tomllib

import yaml

from tests.repo.sources import BASE_DIR, names_read_by_settings

INTERPOLATION = re.compile(r"(?<!\$)\$\{([A-Z_]+)")


def text_of(name):
    return (BASE_DIR / name).read_text(encoding="utf-8")


def compose():
    return yaml.safe_load(text_of("docker-compose.yml"))


def example_names():
    return re.findall(r"^#?([A-Z_]+)=", text_of(".env.example"), re.MULTILINE)


def test_example_names_every_setting_once_and_nothing_else():
    wanted = names_read_by_settings() | set(INTERPOLATION.findall(text_of("docker-compose.yml")))
    assert sorted(example_names()) == sorted(wanted)


def test_compose_sets_only_what_the_settings_read():
    services = compose()["services"]
    for name in ("web", "worker", "migrate"):
        assert set(services[name]["environment"]) - names_read_by_settings() == set()


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
