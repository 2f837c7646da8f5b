"""Roster, defects with their charges, exemptions, appeals, closed months, and the rule tables that judged."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("observe", "0003_reviews"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=12, unique=True)),
                ('table', models.CharField(max_length=60)),
                ('content', models.JSONField()),
                ('kept', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ClosedMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(unique=True)),
                ('closed', models.DateTimeField()),
                ('reference', models.CharField(max_length=120)),
                ('closed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-month'],
            },
        ),
        migrations.CreateModel(
            name='Defect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('station', models.CharField(blank=True, max_length=32)),
                ('district', models.CharField(blank=True, max_length=6)),
                ('element', models.CharField(blank=True, max_length=60)),
                ('kind', models.CharField(choices=[('silence', '未按时到报'), ('missing', '要素缺测'), ('doubt', '数据错误或可疑'), ('other', '人工登记')], max_length=8)),
                ('starts', models.DateTimeField()),
                ('ends', models.DateTimeField(null=True)),
                ('due', models.IntegerField(default=0)),
                ('lost', models.IntegerField(default=0)),
                ('cause', models.CharField(blank=True, choices=[('equipment', '设备故障'), ('communication', '通信故障'), ('metadata', '元数据错误'), ('power', '供电中断'), ('environment', '环境与灾害'), ('unnoticed', '未及时发现'), ('other', '其他')], max_length=13)),
                ('cause_words', models.TextField(blank=True)),
                ('words', models.TextField(blank=True)),
                ('found_by', models.CharField(max_length=80)),
                ('found_at', models.DateTimeField()),
                ('noticed_at', models.DateTimeField(null=True)),
                ('handled_at', models.DateTimeField(null=True)),
                ('handled_words', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('open', '待处理'), ('handled', '已处理'), ('dismissed', '误报')], default='open', max_length=9)),
                ('rule', models.CharField(max_length=12)),
                ('handled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handled_defects', to=settings.AUTH_USER_MODEL)),
                ('noticed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='owned_defects', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='observe.defect')),
            ],
        ),
        migrations.CreateModel(
            name='Charge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(choices=[('equipment', '设备故障'), ('communication', '通信故障'), ('metadata', '元数据错误'), ('power', '供电中断'), ('environment', '环境与灾害'), ('unnoticed', '未及时发现'), ('other', '其他')], max_length=13)),
                ('duty', models.CharField(choices=[('responsible', '责任人'), ('duty', '值班员'), ('maintainer', '维护员'), ('network', '网络岗'), ('chief', '站长')], max_length=12)),
                ('rule', models.CharField(max_length=12)),
                ('made', models.DateTimeField()),
                ('voided', models.DateTimeField(null=True)),
                ('void_words', models.CharField(blank=True, max_length=200)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to=settings.AUTH_USER_MODEL)),
                ('defect', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='observe.defect')),
            ],
        ),
        migrations.CreateModel(
            name='Exemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stations', models.JSONField()),
                ('districts', models.JSONField()),
                ('element', models.CharField(blank=True, max_length=60)),
                ('starts', models.DateTimeField()),
                ('ends', models.DateTimeField()),
                ('kind', models.CharField(choices=[('maintenance', '批准的维护'), ('relocation', '迁站'), ('flood', '洪涝灾害'), ('power', '电网停电'), ('command', '上级指令')], max_length=11)),
                ('reason', models.TextField()),
                ('state', models.CharField(choices=[('waiting', '待审批'), ('approved', '已批准'), ('refused', '未批准'), ('withdrawn', '已撤回')], default='waiting', max_length=9)),
                ('applied', models.DateTimeField()),
                ('decided', models.DateTimeField(null=True)),
                ('decision', models.TextField(blank=True)),
                ('applied_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exemptions', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RosterShift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('station', '站点'), ('district', '行政区'), ('network', '站网')], max_length=8)),
                ('target', models.CharField(max_length=32)),
                ('duty', models.CharField(choices=[('responsible', '责任人'), ('duty', '值班员'), ('maintainer', '维护员'), ('network', '网络岗'), ('chief', '站长')], max_length=12)),
                ('starts', models.DateTimeField()),
                ('ends', models.DateTimeField()),
                ('joint', models.BooleanField(default=False)),
                ('made', models.DateTimeField()),
                ('withdrawn', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roster', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('scope', models.CharField(blank=True, choices=[('station', '站点'), ('district', '行政区'), ('person', '个人')], max_length=8)),
                ('target', models.CharField(blank=True, max_length=60)),
                ('metric', models.CharField(blank=True, max_length=12)),
                ('reason', models.TextField()),
                ('state', models.CharField(choices=[('open', '待裁定'), ('upheld', '成立'), ('rejected', '不成立'), ('withdrawn', '已撤回')], default='open', max_length=9)),
                ('made', models.DateTimeField()),
                ('judged', models.DateTimeField(null=True)),
                ('judgement', models.TextField(blank=True)),
                ('judged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to=settings.AUTH_USER_MODEL)),
                ('charge', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='observe.charge')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('judged_by', None), models.Q(('judged_by', models.F('made_by')), _negated=True), _connector='OR'), name='appeal_four_eyes'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['upheld', 'rejected']), _negated=True), models.Q(('judged_by__isnull', False), models.Q(('judgement', ''), _negated=True)), _connector='OR'), name='appeal_judged_by_somebody'), models.CheckConstraint(condition=models.Q(('charge__isnull', False), models.Q(models.Q(('scope', ''), _negated=True), models.Q(('target', ''), _negated=True), models.Q(('metric', ''), _negated=True)), _connector='OR'), name='appeal_against_something'), models.UniqueConstraint(condition=models.Q(('charge__isnull', False), ('state', 'open')), fields=('charge',), name='appeal_open_once_a_charge')],
            },
        ),
        migrations.AddIndex(
            model_name='defect',
            index=models.Index(fields=['station', 'starts'], name='defect_of_station'),
        ),
        migrations.AddIndex(
            model_name='defect',
            index=models.Index(fields=['state', '-starts'], name='defect_in_state'),
        ),
        migrations.AddConstraint(
            model_name='defect',
            constraint=models.CheckConstraint(condition=models.Q(('ends', None), ('ends__gte', models.F('starts')), _connector='OR'), name='defect_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='defect',
            constraint=models.UniqueConstraint(condition=models.Q(('station', ''), _negated=True), fields=('station', 'element', 'kind', 'starts'), name='defect_found_once'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.UniqueConstraint(condition=models.Q(('voided', None)), fields=('defect', 'cause', 'person'), name='charge_once_a_cause'),
        ),
        migrations.AddIndex(
            model_name='exemption',
            index=models.Index(fields=['state', 'starts'], name='exemption_in_state'),
        ),
        migrations.AddConstraint(
            model_name='exemption',
            constraint=models.CheckConstraint(condition=models.Q(('ends__gte', models.F('starts'))), name='exemption_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='exemption',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('applied_by')), _negated=True), _connector='OR'), name='exemption_four_eyes'),
        ),
        migrations.AddConstraint(
            model_name='exemption',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['approved', 'refused']), _negated=True), models.Q(('decided_by__isnull', False), ('decided__isnull', False)), _connector='OR'), name='exemption_decided_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='rostershift',
            index=models.Index(fields=['starts', 'ends'], name='roster_shift_period'),
        ),
        migrations.AddConstraint(
            model_name='rostershift',
            constraint=models.CheckConstraint(condition=models.Q(('ends__gt', models.F('starts'))), name='roster_shift_ends_after_it_starts'),
        ),
    ]
