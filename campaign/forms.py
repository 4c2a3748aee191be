"""What a person may type."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as lazy


class Renderer(TemplatesSetting):
    """Draws each field with our one field template."""

    field_template_name = "campaign/_field.html"


class _InOurWords:
    """A form of allauth with our labels, and without the placeholders that repeat them."""

    labels = {
        "login": lazy("E-mail address"),
        "email": lazy("E-mail address"),
        "password": lazy("Password"),
        "password1": lazy("New password"),
        "password2": lazy("The same password again"),
    }
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = ""
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_InOurWords, LoginForm):  # type: ignore[misc]  # allauth has no types
    """E-mail address and password."""


class ForgottenForm(_InOurWords, ResetPasswordForm):  # type: ignore[misc]
    """Where to send the link."""


class NewPasswordForm(_InOurWords, ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, twice."""
