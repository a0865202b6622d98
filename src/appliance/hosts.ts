import {readFile} from 'node:fs/promises';
import {ifPresent} from '../if-present.js';
import type {Layout} from './layout.js';

/**
 * The address of a host by the appliance's own etc/hosts (hosts(5)); else its name as it is, which the system resolves. Rejects with the
 * system's error when that file cannot be read.
 */
export async function addressOf({hosts}: Layout, name: string): Promise<string> {
	const text = (await ifPresent(async () => readFile(hosts, 'utf8'))) ?? '';
	const entries = text.split('\n').map(line => line.replace(/#.*/, '').trim().split(/\s+/));
	const [address] = entries.find(([, ...names]) => names.some(known => known.toLowerCase() === name.toLowerCase())) ?? [];
	return address ?? name;
}
