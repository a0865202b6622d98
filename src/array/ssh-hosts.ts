// Fingerprints of SSH host keys that an administrator has registered, so that nobody is asked about them when a member is added.
import {readFile} from 'node:fs/promises';
import * as v from 'valibot';
import {replaceFile} from '../appliance/atomic-file.js';
import type {Layout} from '../appliance/layout.js';
import {lockFile} from '../appliance/lock.js';
import {formatStored, parseStored} from '../appliance/stored-json.js';
import {ifPresent} from '../if-present.js';
import {Problem} from '../problem.js';
import {hostPattern} from '../ssh-keys/known-hosts.js';

const schema = v.object({hosts: v.record(v.string(), v.array(v.string()))});

/** Registers the fingerprints (`SHA256:...`) in this text for a host. Rejects with Problem `no-fingerprint`. */
export async function registerHost(layout: Layout, address: string, port: number, text: string): Promise<string[]> {
	const fingerprints = text.match(/SHA256:[\w+/]{43}/g) ?? [];
	if (fingerprints.length === 0) {
		throw new Problem(
			'no-fingerprint',
			'The input holds no fingerprint.',
			'Write the output of show ssh-host-fingerprints on the other appliance to standard input.',
		);
	}

	await using _lock = await lockFile(layout, layout.sshHosts);
	const hosts = await readHosts(layout);
	await replaceFile(layout.sshHosts, formatStored({hosts: {...hosts, [hostPattern(address, port)]: fingerprints}}), 0o600);
	return fingerprints;
}

/** Whether this fingerprint is registered for a host, by its name in known_hosts; undefined when none is. */
export async function isRegisteredHost(layout: Layout, name: string, fingerprint: string): Promise<boolean | undefined> {
	return (await readHosts(layout))[name]?.includes(fingerprint);
}

async function readHosts({sshHosts}: Layout): Promise<Record<string, string[]>> {
	const text = await ifPresent(async () => readFile(sshHosts, 'utf8'));
	return text === undefined ? {} : parseStored(text, schema).hosts;
}
