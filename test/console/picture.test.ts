// Tanium Status as a drawing: the same picture for every terminal, whatever its size, its colours and its locale.
import test from 'ava';
import stringWidth from 'string-width';
import type {Connection, Presented} from '../../src/registration/connection.js';
import {statusDrawing, type Status} from '../../src/console/picture/status-drawing.js';
import {rowsOf} from '../../src/console/transcript.js';

const sha256 = (byte: string) => Array.from({length: 32}, () => byte).join(':');
const [soap, ssl, other] = [sha256('1A'), sha256('2B'), sha256('3C')];

type Change = Partial<Pick<Connection, 'reason' | 'fix' | 'result' | 'certificates'>>;

function connection(number: Connection['number'], [from, to]: readonly [string, string], certificates: Presented[], change: Change = {}) {
	const result = {number, from, to, ok: change.reason === undefined, result: 'works', certificates, reason: null, fix: null};
	return {...result, ...change} as Connection;
}

const bySoap = (expectedIn: string, expected: string[] | null = [soap]): Presented => {
	return {by: 'Tanium Server', presented: soap, expectedIn, expected};
};

const bySsl: Presented = {by: 'Module Server', presented: ssl, expectedIn: 'trusted-module-servers.crt', expected: [ssl]};

function six(changes: Partial<Record<Connection['number'], Change>> = {}, trusted: string[] | null = [soap]): Connection[] {
	const [ts, ms] = ['Tanium Server', 'Module Server'];
	return [
		connection(1, ['User system', ts], [bySoap('SOAPServer.crt')], changes[1]),
		connection(2, ['CA', ts], [bySoap('SOAPServer.crt')], changes[2]),
		connection(3, [ms, ts], [bySoap('trusted.crt', trusted), bySsl], changes[3]),
		connection(4, [ts, ms], [bySoap('trusted.crt', trusted), bySsl], changes[4]),
		connection(5, [ms, 'patch'], [], changes[5]),
		connection(6, ['patch', ts], [bySoap('trusted.crt', trusted)], changes[6]),
	];
}

const validity = {notAfter: '2031-02-03T04:05:06.000Z', daysLeft: 299};

const allInOne: Status = {
	taniumServers: ['ts1.example.com'],
	moduleServer: 'ts1.example.com',
	running: {taniumserver: true, taniummoduleserver: true, patch: true},
	sslCertificate: ssl,
	validity: {soap: validity, ssl: validity},
	connections: six(),
	services: [
		['taniumserver', 'running since 2030-01-01 00:00:00 UTC, pid 4711'],
		['taniummoduleserver', 'running since 2030-01-01 00:00:00 UTC, pid 4712'],
		['patch', 'running since 2030-01-01 00:00:00 UTC, pid 4713'],
	],
	notes: [],
};

const withModuleServerElsewhere: Status = {
	...allInOne,
	moduleServer: 'tms1.example.com',
	running: {taniumserver: true},
	sslCertificate: undefined,
	validity: {soap: validity},
	services: allInOne.services.slice(0, 1),
};

function seenByModuleServer(names: readonly string[], change: Change = {}): Status {
	const trusted = names.map((_, index) => [soap, other, sha256('4D')][index]!);
	const shown = (index: number): Presented => ({...bySoap('trusted.crt', trusted), presented: trusted[index]!});
	return {
		...allInOne,
		taniumServers: names,
		moduleServer: 'tms1.example.com',
		running: {taniummoduleserver: true, patch: true},
		validity: {ssl: validity},
		services: allInOne.services.slice(1),
		connections: [
			...names.map((name, index) => connection(3, ['Module Server', name], [shown(index)], index === 0 ? change : {})),
			connection(5, ['Module Server', 'patch'], []),
			...names.map((name, index) => connection(6, ['patch', name], [shown(index)])),
		],
		notes: [{text: 'Connections 1, 2 and 4 are tried by the Tanium Status of each Tanium Server.', tone: 'dim'}],
	};
}

const fix = 'Register the Module Server again: 2-M, or soap register.';
const unknown = {reason: 'unknown-certificate', result: 'trusted.crt lacks its certificate', fix} as const;
const silent = {
	reason: 'no-listener',
	result: 'nothing answers on its port',
	fix: 'Start taniumserver: 2-1, or service start taniumserver.',
} as const;
const nothing = (certificates: Presented[]) => certificates.map(one => (one.by === 'Tanium Server' ? {...one, presented: null} : one));

const statuses: Record<string, Status> = {
	'all-in-one': allInOne,
	'a Tanium Server with a Module Server elsewhere': withModuleServerElsewhere,
	'a Tanium Server in an array': {
		...withModuleServerElsewhere,
		notes: [{text: 'The connections of ts2.example.com are tried by the Tanium Status there.', tone: 'dim'}],
	},
	'a Module Server with one Tanium Server': seenByModuleServer(['ts1.example.com']),
	'a Module Server with two Tanium Servers': seenByModuleServer(['ts1.example.com', 'ts2.example.com']),
	'a Module Server with three Tanium Servers': seenByModuleServer(['ts1.example.com', 'ts2.example.com', 'ts3.example.com']),
	'a Module Server without a Tanium Server': seenByModuleServer([]),
	'a Module Server that does not know one of two': seenByModuleServer(['ts1.example.com', 'ts2.example.com'], unknown),
	'a certificate that is unknown to the peer': {...allInOne, connections: six({3: unknown, 4: unknown, 6: unknown}, [other])},
	'a Tanium Server that is stopped': {
		...allInOne,
		running: {...allInOne.running, taniumserver: false},
		connections: six({1: silent, 2: silent, 3: silent, 4: silent, 6: silent}).map(one => ({
			...one,
			certificates: nothing(one.certificates),
		})),
	},
	'a Module Server elsewhere that refuses': {
		...withModuleServerElsewhere,
		connections: six({3: unknown, 4: unknown, 5: unknown, 6: unknown}, null),
	},
	'several failures and a note': {
		...allInOne,
		connections: six({
			1: {
				reason: 'name-mismatch',
				result: 'its certificate is not for ts1.example.com',
				fix: 'Install a certificate whose Subject Alternative Name has ts1.example.com: 2-4, or soap install.',
			},
			3: unknown,
			4: unknown,
			6: unknown,
		}),
		notes: [{text: 'SOAPServer.key: does not belong to SOAPServer.crt', tone: 'bad'}],
	},
	'names that are too long': {
		...allInOne,
		taniumServers: [`${'a'.repeat(60)}.example.com`],
		moduleServer: `\u001B[31m${'b'.repeat(60)}.example.com`,
	},
};

/** The room for rows on terminals of 80x24, 100x30, 200x50 and 60x15. */
const rooms = [
	[78, 16],
	[98, 22],
	[198, 42],
	[58, 7],
] as const;

for (const [name, status] of Object.entries(statuses)) {
	test(`${name}: the picture`, t => {
		for (const [columns, rows] of rooms) {
			const drawn = statusDrawing(status)({columns, rows});
			t.snapshot(drawn.map(({text}) => text).join('\n'), `${columns} x ${rows}`);
		}
	});

	test(`${name}: printable ASCII that fits, with parts that are the row`, t => {
		for (let columns = 18; columns <= 300; columns++) {
			for (const {text, parts} of statusDrawing(status)({columns, rows: 40})) {
				t.regex(text, /^[ -~]*$/);
				t.true(stringWidth(text) <= columns, `${columns}: ${text}`);
				const joined = parts?.map(part => part.text).join('');
				t.is((joined ?? text).trimEnd(), text);
			}
		}
	});
}

for (const name of ['all-in-one', 'a Tanium Server with a Module Server elsewhere', 'a Module Server with two Tanium Servers']) {
	test(`${name}: when all works, nothing is scrolled off on 80x24`, t => {
		const rows = statusDrawing(statuses[name]!)({columns: 78, rows: 16}).map(({text}) => text);
		t.true(rows.length <= 16, String(rows.length));
		t.is(rows.at(-1), 'All connections work.');
	});
}

test('the picture and one cause of failures fit on 80x24, too', t => {
	for (const name of ['a certificate that is unknown to the peer', 'a Tanium Server that is stopped']) {
		t.true(statusDrawing(statuses[name]!)({columns: 78, rows: 16}).length <= 16, name);
	}
});

test('what failed is told by words, and stands out by its tone as well', t => {
	const rows = statusDrawing(statuses['a certificate that is unknown to the peer']!)({columns: 78, rows: 16});
	const bad = rows.flatMap(({parts}) => parts ?? []).filter(({tone}) => tone === 'bad');
	t.deepEqual(
		bad.map(({text}) => text.replaceAll(/[<>-]/g, '').trim()),
		['4 FAIL', '3 FAIL', '6 FAIL'],
	);
});

test('a drawing is drawn anew for each size, with whole fingerprints where there is room', t => {
	const drawn = (columns: number, rows: number) =>
		rowsOf([{kind: 'drawing', draw: statusDrawing(allInOne)}], columns, rows)
			.map(({text}) => text)
			.join('\n');
	t.false(drawn(78, 16).includes(sha256('1A').slice(0, 40)));
	t.true(drawn(198, 42).includes(sha256('1A').slice(0, 47)));
	t.notRegex(drawn(58, 16), /Module Server -+\+/, 'too narrow for boxes: the list only');
	t.regex(drawn(58, 16), /1 {2}User system -> Tanium Server/);
});
