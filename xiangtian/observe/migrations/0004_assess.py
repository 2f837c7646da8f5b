from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("observe", "0003_reviews")]

    operations = []
