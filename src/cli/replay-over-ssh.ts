import {withPassword} from '../replace/answers.js';
import {smallEnvironment} from '../replay/environment.js';
import {connect, type Link} from '../ssh-client/connect.js';
import {openShell} from '../ssh-client/shell.js';
import {readProfile} from './replace/profiles.js';
import {readPassword} from './replace/secrets.js';
import type {Transport, TransportOptions} from './replay-transport.js';
import {assertFilesExist} from './upload/before-upload.js';
import {routeTo} from './upload/ssh-config.js';
import {StatusLine} from './upload/status-line.js';
import {targetOf} from './upload/target.js';
import {TerminalOperator} from './upload/terminal-operator.js';

/** The client of `tanos upload`. What it asks is asked before the program starts, so it never takes keys that are meant for it. */
export async function sshTransport(ssh: string, options: TransportOptions): Promise<Omit<Transport, 'settings'>> {
	const {exec, sshOptions, identity, knownHosts, config, passwordFile} = options;
	const files = {...(identity !== undefined && {identity}), ...(config !== undefined && {config})};
	await assertFilesExist(files);
	const password = passwordFile === undefined ? undefined : await readPassword('--password-file', passwordFile);
	const {signIn} = await readProfile('tanos-console');
	const operator = new TerminalOperator(new StatusLine());
	const note = (words: string) => operator.notify(words);
	const access = {...files, ...(knownHosts !== undefined && {knownHosts}), options: sshOptions, note};
	const route = await routeTo(targetOf(ssh), {...access, defaultUser: 'tanadmin'});
	let link: Link | undefined;
	return {
		async open({environment, ...size}) {
			link = await connect(route, withPassword(operator, signIn, password));
			const own = smallEnvironment();
			const sent = Object.entries(environment).filter(([name, value]) => name === 'TERM' || own[name] !== value);
			return openShell(link, {...size, environment: Object.fromEntries(sent), command: exec});
		},
		close() {
			link?.close();
			operator.close();
		},
	};
}
