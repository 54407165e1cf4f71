"""Imports of articles, where articles came from, and when their links are looked at."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge_base", "0002_number_editions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="translation",
            name="links_due_at",
            field=models.DateTimeField(blank=True, help_text="When its links are looked at again.", null=True),
        ),
        migrations.CreateModel(
            name="ArticleImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("zendesk", "Zendesk Help Center (JSON)"), ("markdown", "Folder of Markdown files")],
                        max_length=8,
                    ),
                ),
                ("filename", models.CharField(max_length=200)),
                (
                    "file",
                    models.CharField(help_text="Its name in the storage; empty once it is deleted.", max_length=200),
                ),
                (
                    "does_publish",
                    models.BooleanField(default=True, verbose_name="publish what is published there"),
                ),
                (
                    "does_update",
                    models.BooleanField(default=True, verbose_name="update articles that an earlier import brought"),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("checking", "Being checked"),
                            ("checked", "Checked"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("stopped", "Stopped"),
                            ("failed", "Failed"),
                        ],
                        default="checking",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("report", models.JSONField(default=dict)),
                ("total", models.PositiveIntegerField(default=0)),
                ("position", models.PositiveIntegerField(default=0)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("stop_asked_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imports",
                        to="knowledge_base.helpcentre",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("stage__in", ["checking", "running"])),
                        fields=["leased_until"],
                        name="article_import_at_work",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Origin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(help_text="“zendesk:article:42”, “markdown:heron/rain”.", max_length=500),
                ),
                (
                    "article",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="origin",
                        to="knowledge_base.article",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="knowledge_base.category",
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="knowledge_base.helpcentre"
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="knowledge_base.section",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("centre", "key"), name="origin_once")],
            },
        ),
    ]
