import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0012_find_what_is_due"),
    ]

    operations = [
        migrations.CreateModel(
            name="DuePlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("conditions", models.CharField(blank=True, max_length=64)),
                (
                    "spares_existing",
                    models.BooleanField(
                        default=False,
                        help_text="Tickets for which it holds already are left alone until it holds anew.",
                    ),
                ),
                ("barrier", models.BigIntegerField(default=0)),
                ("last_ticket_id", models.BigIntegerField(default=0)),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="duerule",
            name="depth",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="How many rules, one causing the next, led here; see TicketEvent."
            ),
        ),
        migrations.AddField(
            model_name="duerule",
            name="true_until",
            field=models.DateTimeField(
                blank=True,
                help_text="Of one that fired: when its conditions ceased to hold, or will by time.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="duerule",
            name="became_true_at",
            field=models.DateTimeField(help_text="The moment from which its conditions hold."),
        ),
        migrations.AlterField(
            model_name="duerule",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("fired", "Fired"),
                    ("cancelled", "Cancelled"),
                    ("spared", "Was true before the rule was"),
                    ("failed", "Failed"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="duerule",
            index=models.Index(
                condition=models.Q(("state", "waiting"), _negated=True), fields=["settled_at"], name="due_rule_age"
            ),
        ),
        migrations.AddField(
            model_name="dueplan",
            name="rule",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="plan", to="tickets.rule"
            ),
        ),
        migrations.AlterField(
            model_name="replay",
            name="matched",
            field=models.PositiveIntegerField(default=0, help_text="How often it would have fired."),
        ),
        migrations.AddField(
            model_name="replay",
            name="matched_tickets",
            field=models.PositiveIntegerField(default=0, db_default=0),
        ),
    ]
