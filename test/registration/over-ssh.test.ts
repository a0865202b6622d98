// The document's words over SSH, on a terminal: Ctrl+C at each question, and what is left of the terminal afterwards.
import {readFile, rm} from 'node:fs/promises';
import {play} from '../../src/replay/play.js';
import {parseTape} from '../../src/replay/tape.js';
import {makeLab, overSsh, type LabMember} from '../helpers/appliance.js';
import {testWith} from '../helpers/test-with.js';

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** Registers on a terminal, answers with these lines of a tape, and resolves with what the screen shows once the client has ended. */
async function registerOverSsh(ts: LabMember, tms: LabMember, answers: string): Promise<string> {
	const way = await overSsh(tms, 'tanadmin');
	const words = ['TaniumModuleServer', 'register', `${ts.name}:${ts.ports.console}`];
	const ssh = [way.command, ...way.arguments, ...words].map(word => quoted(word)).join(' ');
	const ending = 'test "$before" = "$(stty -g)" && echo "ended with $code, the terminal as it was"; read line';
	const script = `before=$(stty -g); ${ssh}; code=$?; ${ending}`;
	const tape = parseTape(`Set WaitTimeout 60s\nSet ReadyMark false\n${answers}\nWait+Screen /ended with/\n`, 'register.tape');
	const {lastScreen} = await play(tape, {command: 'sh', arguments: ['-c', script], variables: {TANIUM: ts.passwords.tanium}});
	return lastScreen;
}

testWith('ssh')('Ctrl+C at each question sends nothing and leaves the terminal as it was; the password is not shown', async t => {
	const {members} = await makeLab(t, 'standalone');
	const [ts, tms] = members as [LabMember, LabMember];
	await rm(tms.layout.trustedTaniumServers);
	const given = /Given up\. Nothing more was done\.\s+ended with 1, the terminal as it was/;
	const confirm = 'Wait+Screen /Is it the same/';
	const name = `${confirm}\nType "yes" Enter\nWait+Screen /administrator username:/`;
	const password = `${name}\nType "tanium" Enter\nWait+Screen /Enter password for user 'tanium':/`;
	t.regex(
		await registerOverSsh(ts, tms, `${confirm}\nCtrl+C`),
		/Nothing was sent, and the registration was not changed\.\s+ended with 1, the terminal as it was/,
	);
	t.regex(await registerOverSsh(ts, tms, `${name}\nCtrl+C`), given);
	const atPassword = await registerOverSsh(ts, tms, `${password}\nType "Half-a-pass"\nCtrl+C`);
	t.regex(atPassword, given);
	t.false(atPassword.includes('Half-a-pass'));
	await t.throwsAsync(readFile(tms.layout.trustedTaniumServers), {code: 'ENOENT'});

	const done = await registerOverSsh(ts, tms, `${password}\nType "\${TANIUM}" Enter`);
	t.regex(done, /Successfully completed registration\.\s+ended with 0, the terminal as it was/);
	t.false(done.includes(ts.passwords.tanium));
});
