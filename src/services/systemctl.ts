// Calls of systemctl(1) and journalctl(1). Units are passed after `--`, so that no name is taken for an option.
import {execa} from 'execa';
import {sanitise} from '../sanitise.js';
import {hostProgram} from './host-program.js';

/** Options of execa for them. */
export const systemdProgram = {
	...hostProgram,
	env: {...hostProgram.env, SYSTEMD_COLORS: '0', SYSTEMD_PAGER: '', SYSTEMD_URLIFY: '0'},
	reject: false,
} as const;

/** How long a call may take: longer than a unit may take to stop, unless its TimeoutStopSec= was raised. */
const callTimeoutMs = 180_000;

/** Runs `systemctl VERB -- UNITS`. Resolves with undefined when it succeeds, otherwise with what it said. */
export async function systemctl(verb: readonly string[], ...units: string[]): Promise<string | undefined> {
	const result = await execa('systemctl', [...verb, '--', ...units], {...systemdProgram, timeout: callTimeoutMs});
	return result.failed ? sanitise(result.stderr.trim().split('\n')[0] || result.shortMessage || 'it failed') : undefined;
}

/** Properties of a unit by their names. What systemd does not know of this unit is missing. */
export async function showUnit(unit: string, properties: readonly string[]): Promise<Partial<Record<string, string>>> {
	const {stdout} = await execa('systemctl', ['show', `--property=${properties.join(',')}`, '--', unit], {
		...systemdProgram,
		timeout: 10_000,
	});
	return Object.fromEntries(stdout.split('\n').map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

/** Where the journal ends now; empty when there is none. */
export async function journalEnd(): Promise<string> {
	const {stdout} = await execa('journalctl', ['--lines=0', '--show-cursor', '--quiet'], {...systemdProgram, timeout: 10_000});
	return /^-- cursor: (.+)$/m.exec(stdout)?.[1] ?? '';
}

/**
 * The last messages that a unit's own processes logged after this end of the journal, whatever their priority: programs disagree about
 * priorities. What systemd itself says of the unit is left out.
 */
export async function journalSince(unit: string, end: string, maxLines: number): Promise<string[]> {
	const after = end === '' ? [] : [`--after-cursor=${end}`];
	const words = [`--unit=${unit}`, '--output=json', '--output-fields=MESSAGE,_PID', '--lines=200', '--no-pager', '--quiet', ...after];
	const {stdout} = await execa('journalctl', words, {...systemdProgram, timeout: 10_000});
	return stdout
		.split('\n')
		.flatMap(line => messageIn(line))
		.slice(-maxLines);
}

function messageIn(line: string): string[] {
	try {
		const {MESSAGE: message, _PID: pid} = JSON.parse(line) as {MESSAGE?: unknown; _PID?: unknown};
		return typeof message === 'string' && message !== '' && pid !== '1' ? [sanitise(message)] : [];
	} catch {
		return []; // The empty line at the end.
	}
}
