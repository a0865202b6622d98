import test from 'ava';
import {readableLine} from '../../src/console/logs.js';

test('a line of the audit log is shown with its time, its event and its fields', t => {
	const line = '{"time":"2026-11-26T17:17:02.398Z","event":"ssh-sign-in","user":"tanadmin","role":"tanadmin","tries":2,"names":["a"]}';
	t.is(readableLine('audit', line), '2026-11-26 17:17:02  ssh-sign-in  user=tanadmin  role=tanadmin  tries=2  names=["a"]');
});

test('other lines are shown as they are', t => {
	for (const line of ['Ready on 127.0.0.1:1.', '{"time":1}', 'null', '{']) {
		t.is(readableLine('audit', line), line);
	}

	t.is(readableLine('patch', '{"time":"2026-11-26T17:17:02.398Z","event":"x"}'), '{"time":"2026-11-26T17:17:02.398Z","event":"x"}');
});
