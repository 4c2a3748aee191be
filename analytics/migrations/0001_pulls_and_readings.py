"""What is read, and the readings in their monthly partitions, which Django cannot make by itself."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q
from django.db.models.deletion import DO_NOTHING

SQL = Path(__file__).parent / "sql"

REVERSE = """
    DROP TABLE analytics_reading;
    DROP FUNCTION analytics_make_partition(timestamptz);
    DROP TRIGGER keeps_readings ON analytics_pull;
    ALTER TABLE analytics_pull DROP CONSTRAINT pull_campaign, DROP CONSTRAINT pull_channel, DROP CONSTRAINT pull_delivery;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("campaign", "0002_engine_and_record")]
    operations = [
        migrations.CreateModel(
            name="Pull",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField(help_text="From here the times of its schedule are counted.")),
                (
                    "next_at",
                    models.DateTimeField(help_text="When to read next; empty when its last time has come.", null=True),
                ),
                (
                    "metrics",
                    models.JSONField(default=list, help_text="Every metric the network has told of it so far."),
                ),
                ("asked_at", models.DateTimeField(help_text="When a member last asked to read it at once.", null=True)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "failed_at",
                    models.DateTimeField(
                        help_text="When reading last failed; empty since the next success.", null=True
                    ),
                ),
                ("fails", models.PositiveIntegerField(default=0, help_text="How often in a row.")),
                ("problem", models.CharField(blank=True, max_length=60)),
                ("problem_params", models.JSONField(default=dict)),
                ("gone_at", models.DateTimeField(help_text="Since when the network no longer shows it.", null=True)),
                ("ended_at", models.DateTimeField(help_text="When we took it down; read no more.", null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False, on_delete=DO_NOTHING, related_name="pulls", to="campaign.campaign"
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        db_constraint=False, on_delete=DO_NOTHING, related_name="pulls", to="campaign.channel"
                    ),
                ),
                (
                    "delivery",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=DO_NOTHING,
                        related_name="pull",
                        to="campaign.delivery",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(condition=Q(next_at__isnull=False), fields=["next_at"], name="pull_due")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(delivery__isnull=True), fields=("channel",), name="pull_one_per_channel"
                    ),
                    models.CheckConstraint(
                        condition=Q(ended_at__isnull=True) | Q(next_at__isnull=True), name="pull_ended_is_not_due"
                    ),
                    models.CheckConstraint(
                        condition=Q(failed_at__isnull=True, problem="") | (Q(failed_at__isnull=False) & ~Q(problem="")),
                        name="pull_failure_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL((SQL / "reading.sql").read_text(), REVERSE)],
            state_operations=[
                migrations.CreateModel(
                    name="Reading",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "pull_id",
                                "metric",
                                "read_at",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("metric", models.CharField(help_text="Posko's word for it; see `metrics`.", max_length=20)),
                        ("read_at", models.DateTimeField()),
                        ("value", models.BigIntegerField()),
                        ("remote_name", models.CharField(help_text="The network's own word for it.", max_length=60)),
                        (
                            "complete",
                            models.BooleanField(
                                help_text="False when the network left out a number it had told before."
                            ),
                        ),
                        (
                            "pull",
                            models.ForeignKey(on_delete=DO_NOTHING, related_name="readings", to="analytics.pull"),
                        ),
                    ],
                ),
            ],
        ),
    ]
