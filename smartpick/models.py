"""People and the audit trail. The project package owns them because every app needs them."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from smartpick.roles import Role


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """A user who signs in with `email`; without a password nobody can sign in as them."""
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """For `manage.py createsuperuser`."""
        return self.create_user(email, password, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account. Applicants need none."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=12, choices=[(role.value, role.value) for role in Role], default=Role.APPLICANT)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, help_text="Invented; removed by demo_off.")
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Django's admin site is for superusers only."""
        return self.is_superuser


class AuditEvent(models.Model):
    """Somebody did something to something. Append-only; no foreign keys, so it never blocks a delete."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    by = models.CharField(max_length=254, help_text="E-mail of the person, or the command that ran.")
    verb = models.CharField(max_length=60)
    target = models.CharField(max_length=120, help_text="For example program:1400813530.")
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.by} {self.verb} {self.target}"
