from django.apps import AppConfig


class SmartpickConfig(AppConfig):
    name = "smartpick"
