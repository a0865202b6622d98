// What a file of targets.d may say.
import test from 'ava';
import * as v from 'valibot';
import {formatStored, parseStored} from '../../src/appliance/stored-json.js';
import {hostTargetSchema, installedOn, requiredNames, stagedNames} from '../../src/installation/host-target.js';

const whole = {
	name: 'nginx',
	unit: 'nginx.service',
	files: {certificate: '/etc/tls/a.crt', key: '/etc/tls/a.key'},
	apply: 'reload',
	probes: [{port: 443, name: 'www.example.com'}],
};

test('what is left out has a value', t => {
	const target = v.parse(hostTargetSchema, {...whole, names: ['example.com', 'www.example.com']});
	t.deepEqual(target.policy, {keyTypes: ['rsa', 'ec'], clientAuth: false}, 'the policy is not that of the Tanium Server');
	t.deepEqual([target.settle, target.units, target.probes[0]?.host], [2000, [], '127.0.0.1']);
	t.deepEqual(requiredNames(target), ['www.example.com', 'example.com']);
	t.deepEqual(v.parse(hostTargetSchema, {...whole, policy: {clientAuth: true}}).policy.keyTypes, ['rsa', 'ec']);
});

test('the journal reads what it has written', t => {
	const target = v.parse(hostTargetSchema, {...whole, files: {...whole.files, chain: {path: '/etc/tls/c.crt', owner: 0, mode: '0444'}}});
	t.deepEqual(parseStored(formatStored(target), hostTargetSchema), target);
	t.deepEqual(installedOn(target), {certificate: '/etc/tls/a.crt', key: '/etc/tls/a.key', chainFile: '/etc/tls/c.crt'});
	t.deepEqual(stagedNames(target), {certificate: 'certificate.pem', key: 'key.pem', chainFile: 'chain.pem'});
});

for (const [what, change] of [
	['a unit that is an option', {unit: '--now.service'}],
	['a unit that is no service', {unit: 'nginx.socket'}],
	['two units', {unit: 'a.service b.service'}],
	['a path that is not absolute', {files: {combined: 'a.pem'}}],
	['a path with ..', {files: {combined: '/etc/tls/../shadow'}}],
	['a key that others may read', {files: {combined: {path: '/a.pem', mode: '0604'}}}],
	['a mode with more than permissions', {files: {combined: {path: '/a.pem', mode: '4600'}}}],
	['an owner that is an option', {files: {combined: {path: '/a.pem', owner: '-x'}}}],
	['a chain beside one file for all', {files: {combined: '/a.pem', chain: '/c.pem'}}],
	['no probe', {probes: []}],
	['a port out of range', {probes: [{port: 65_536, name: 'a'}]}],
	['an unknown kind of STARTTLS', {probes: [{port: 25, name: 'a', starttls: 'ftp'}]}],
	['no type of key', {policy: {keyTypes: []}}],
	['an unknown type of key', {policy: {keyTypes: ['dsa']}}],
	['a name with a slash', {name: '../a'}],
] as const) {
	test(`refused: ${what}`, t => {
		t.false(v.safeParse(hostTargetSchema, {...whole, ...change}).success);
	});
}
