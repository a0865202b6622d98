import test from 'ava';
import {execa} from 'execa';
import {auditLine, type AuditEvent} from '../../src/appliance/audit-line.js';
import {entryOf} from '../../src/services/audit-journal.js';
import {fileOf} from '../helpers/programs.js';
import {testWith} from '../helpers/test-with.js';

const lineOf = (event: AuditEvent) => auditLine(event, new Date('2030-01-01T00:00:00Z'));
const fieldsOf = (event: AuditEvent) => entryOf(lineOf(event));

test('an entry has the line of the audit log, and a field for each of its values', t => {
	const event = {event: 'installation-ended', user: 'ada', from: '192.0.2.1', host: 'nginx', names: ['a', 'b'], wasLocked: false};
	const fields = fieldsOf(event);
	t.is(fields[0], `MESSAGE=${lineOf(event)}`);
	t.deepEqual(
		fields.filter(field => field.startsWith('TANOS_')),
		[
			'TANOS_EVENT=installation-ended',
			'TANOS_TIME=2030-01-01T00:00:00.000Z',
			'TANOS_USER=ada',
			'TANOS_FROM=192.0.2.1',
			'TANOS_TARGET=nginx',
			'TANOS_NAMES=a',
			'TANOS_NAMES=b',
			'TANOS_WAS_LOCKED=false',
		],
	);
});

test('no name and no value begins another field', t => {
	const hostile = 'x\nTANOS_USER=root\r\n_UID=0\u2028MESSAGE=';
	const fields = fieldsOf({event: hostile, user: hostile, [hostile]: hostile, names: [hostile]});
	t.notRegex(fields.join(''), /[\n\r\u2028]/);
	t.deepEqual(
		fields.filter(field => !/^(?:MESSAGE|MESSAGE_ID|PRIORITY|SYSLOG_[A-Z]+|TANOS_(?:EVENT|TIME|USER|NAMES|X_[A-Z0-9_]+))=/.test(field)),
		[],
	);
	t.is(fields.filter(field => field.startsWith('TANOS_USER=')).length, 1);
});

for (const [priority, event] of [
	[3, {event: 'installation-ended', outcome: 'needs-hands'}],
	[3, {event: 'crash'}],
	[4, {event: 'installation-ended', outcome: 'rolled-back'}],
	[4, {event: 'sign-in-refused'}],
	[4, {event: 'password-changed', result: 'failed: no space left'}],
	[5, {event: 'installation-ended', outcome: 'installed'}],
	[5, {event: 'sign-in'}],
] as const) {
	test(`${Object.values(event).join(', ')} has priority ${priority}`, t => {
		t.true(fieldsOf(event).includes(`PRIORITY=${priority}`));
	});
}

testWith('uuidgen')('the message id is a UUID by the name of the event, as uuidgen makes it', async t => {
	const namespace = '3fed9462-f284-4bcb-bca2-e4b47405f9f3';
	const {stdout} = await execa(fileOf('uuidgen'), ['--sha1', '--namespace', namespace, '--name', 'installation-ended']);
	t.true(fieldsOf({event: 'installation-ended'}).includes(`MESSAGE_ID=${stdout.replaceAll('-', '')}`));
});
