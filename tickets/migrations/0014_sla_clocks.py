import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_rules_sla_and_routing"),
        ("tickets", "0013_rules_by_time"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SlaMemory",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="sla_memory",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                ("data", models.JSONField()),
            ],
            options={
                "verbose_name_plural": "SLA memories",
            },
        ),
        migrations.CreateModel(
            name="SlaWhatIf",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("draft", models.JSONField()),
                ("title", models.CharField(max_length=200)),
                ("days", models.PositiveIntegerField(default=90)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("total", models.PositiveIntegerField(default=0)),
                ("looked_at", models.PositiveIntegerField(default=0)),
                ("last_ticket_id", models.BigIntegerField(default=0)),
                ("result", models.JSONField(default=dict)),
                ("problem", models.CharField(blank=True, max_length=500)),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.RemoveIndex(
            model_name="slatarget",
            name="sla_to_breach",
        ),
        migrations.RemoveIndex(
            model_name="slatarget",
            name="sla_to_warn",
        ),
        migrations.AddField(
            model_name="slatarget",
            name="told",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What the timeline says: warned, breached.",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="slatarget",
            name="wake_at",
            field=models.DateTimeField(blank=True, help_text="When somebody has to warn, or tell of it.", null=True),
        ),
        migrations.AddField(
            model_name="slatarget",
            name="warned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="ticket",
            name="sla_calendar_id",
            field=models.BigIntegerField(
                blank=True, help_text="By whose hours that target counts; empty: every hour.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="sla_state",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="running, warned, breached, paused; empty: no target.",
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="slatarget",
            index=models.Index(
                condition=models.Q(("wake_at__isnull", False)), fields=["wake_at", "id"], name="sla_to_wake"
            ),
        ),
        migrations.AddField(
            model_name="slawhatif",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
    ]
