// The TanOS command line: `ssh -q tanadmin@appliance WORDS`, and the same words as `tanos WORDS` on the appliance. Each command is
// data with one function; the help, the roles and the menu paths come from this data.
import type {Conversation, Watch} from '../console/conversation.js';
import type {UserRole} from '../console/menus.js';
import type {ConsoleSession} from '../console/environment.js';
import type {Target} from '../installation/target.js';
import type {Server} from '../appliance/roles.js';
import {formatRows} from '../format-rows.js';
import {Problem} from '../problem.js';

export const groups = ['Tanium Platform', 'TanOS Appliance Array', 'TanOS Management', 'TanOS Users'] as const;
type Group = (typeof groups)[number];

export type Command = {
	/**
	 * Whether it only looks when these words follow it; then it runs although the audit log cannot be written. A command without this
	 * always changes something.
	 */
	looks?(words: readonly string[]): boolean;
	/** The words that name it, in lower case. */
	name: string;
	group: Group;
	/** One line for the list of commands. */
	purpose: string;
	/** A paragraph for its own help. */
	about: string;
	/** What may follow the name, such as `[--dry-run] [json]`. */
	parameters?: string;
	examples: readonly string[];
	/** The menu path that does the same. */
	menu?: string;
	roles: readonly UserRole[];
	/** The server that an appliance must have for it. */
	needs?: Server;
	/** Present when it works on a Linux host: on the host itself, or on a target, which `--target` names where there are several. */
	onHost?: 'host' | 'target';
	/** Resolves with an exit code. Rejects with Problems, which are shown; `usage` for wrong words. */
	run(context: Context): Promise<number>;
};

export type Context = {
	/** What follows the command's name, without a last word `json`. */
	words: readonly string[];
	/** Whether one JSON document is wanted on standard output, and nothing else. */
	json: boolean;
	session: ConsoleSession;
	/** What it is about on a Linux host; absent on an appliance. */
	target?: Target;
	/** Questions and steps. Answers are lines of standard input. */
	conversation: Conversation;
	/** Says on standard error what is not part of the output, which may be kept in a file. */
	warn(text: string): void;
	/** Writes lines to standard output. */
	print(...lines: string[]): void;
	/** Writes what `watch` passes on to standard output until Ctrl+C, or until whoever gave the command is gone. Rejects as it does. */
	follow(watch: Watch): Promise<void>;
};

/** For a command that only looks, whatever follows it. */
export const alwaysLooks = () => true;

/** For a command that only looks when it is given this option. */
export const looksInDryRun = (words: readonly string[]) => words.some(word => word.toLowerCase() === '--dry-run');

/** The words of a call are wrong. */
export function usage(message: string): Problem {
	return new Problem('usage', message, 'See: help');
}

/** Throws unless nothing follows the command's name. */
export function assertNoArguments({words}: Context): void {
	if (words.length > 0) {
		throw usage(`${words.join(' ')}: nothing may follow here.`);
	}
}

/** Prints labels and values in two columns, as TanOS prints a report; or the record, where JSON is wanted. */
export function printReport({json, print}: Context, rows: ReadonlyArray<readonly [label: string, value: string]>, record: object): void {
	if (json) {
		print(JSON.stringify(record));
	} else {
		print(...formatRows(rows));
	}
}
