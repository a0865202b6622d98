import type {Cast} from '../replay/cast.js';
import type {Served} from '../services/probe.js';
import type {Host, Operator} from '../ssh-client/host.js';
import type {LocalFile} from '../ssh-client/upload-part.js';
import type {Profile} from './profile.js';
import type {ShownScreen, WalkOptions} from './walk.js';

/** One account of an appliance: the way to it, and who answers the questions of its SSH server, anew for each connection. */
type Account = {route: readonly Host[]; operator: () => Operator};

export type ReplaceJob = {
	label: string;
	/** The account of the console. */
	console: Account;
	/** The account for uploads. */
	copy: Account;
	served: Served & {host: string};
	/** The certificate and the key, under the names that they have on the appliance. */
	files: readonly LocalFile[];
	/** The SHA-256 fingerprints of the certificates that must be served afterwards, the server's own first. */
	chain: readonly string[];
	profile: Profile;
	/** A secret of the profile; undefined when there is none. */
	secretFor: WalkOptions['secretFor'];
	/** Only looks, and tries both accounts. */
	dryRun: boolean;
	/** Ends the session, as a lost line would; what is served is looked at all the same. */
	signal: AbortSignal;
	/** Records the session. */
	cast: Cast;
	/** Called with each step that is done. */
	onStep: (what: string) => void;
	/** Called with each screen, before it is answered. */
	onScreen: (shown: ShownScreen) => void;
};
