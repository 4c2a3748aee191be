"""What the team decides about the duties of the election, and the indexes by which the record is searched."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0004_campaign_parts"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChannelFiling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        choices=[("registered", "registered with KPU"), ("closed", "closed")], max_length=10
                    ),
                ),
                ("day", models.DateField()),
                ("number", models.CharField(blank=True, max_length=120)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("link", models.URLField(blank=True, max_length=500)),
                ("number", models.CharField(blank=True, max_length=120)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "changed_at",
                    models.DateTimeField(help_text="The last decision; reminders made before it count no more."),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("file", models.FileField(upload_to="proofs")),
                ("mime", models.CharField(max_length=40)),
                ("size", models.PositiveIntegerField(help_text="Bytes.")),
                ("added_at", models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name="auditrow",
            index=models.Index(fields=["campaign_id", "verb", "-id"], name="audit_verb"),
        ),
        migrations.AddIndex(
            model_name="auditrow",
            index=models.Index(fields=["campaign_id", "at"], name="audit_at"),
        ),
        migrations.AddIndex(
            model_name="auditrow",
            index=models.Index(
                condition=models.Q(("member_id__isnull", False)),
                fields=["campaign_id", "member_id", "-id"],
                name="audit_by",
            ),
        ),
        migrations.AddField(
            model_name="channelfiling",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="campaign.member"
            ),
        ),
        migrations.AddField(
            model_name="channelfiling",
            name="channel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="filings", to="campaign.channel"
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="duties", to="campaign.campaign"
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="done_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="campaign.member"
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="owner",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="campaign.member"
            ),
        ),
        migrations.AddField(
            model_name="proof",
            name="added_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="campaign.member"
            ),
        ),
        migrations.AddField(
            model_name="proof",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="proofs", to="campaign.campaign"
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="proof",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="campaign.proof"
            ),
        ),
        migrations.AddField(
            model_name="channelfiling",
            name="proof",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="campaign.proof"
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(fields=("campaign", "key"), name="duty_once"),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at", None), ("done_by", None)),
                    models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                    _connector="OR",
                ),
                name="duty_done_as_a_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("done_at", None),
                    ("proof__isnull", False),
                    models.Q(("link", ""), _negated=True),
                    models.Q(("number", ""), _negated=True),
                    _connector="OR",
                ),
                name="duty_done_with_proof",
            ),
        ),
        migrations.AddConstraint(
            model_name="channelfiling",
            constraint=models.UniqueConstraint(fields=("channel", "step"), name="filing_once"),
        ),
        migrations.AddConstraint(
            model_name="channelfiling",
            constraint=models.CheckConstraint(
                condition=models.Q(("step__in", ["registered", "closed"])), name="filing_step_known"
            ),
        ),
    ]
