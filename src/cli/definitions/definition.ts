// Each command of `tanos` is data. Parsing, help, shell completion, the man pages and docs/command-line.md come from it. This folder
// holds the data only and loads nothing of the commands, so that help and completion answer at once.

/** What a shell completes a value with. */
export type Completion = 'file' | 'folder' | readonly string[];

export type OptionDefinition = {
	type: 'string' | 'boolean';
	/** Its short form, one letter. */
	short?: string;
	/** Whether it may be given more than once. */
	multiple?: boolean;
	/** Whether the command needs it. */
	required?: boolean;
	default?: string;
	/** The name of its value, such as `FILE`. */
	value?: string;
	/** What its value may be. A value that is not in a list is refused. */
	completes?: Completion;
	help: string;
};

export type ArgumentDefinition = {
	name: string;
	help: string;
	/** What it may be. An argument that is not in a list is refused. */
	completes?: Completion;
	optional?: boolean;
	/** Whether it may be given more than once. Only the last argument may. */
	multiple?: boolean;
};

type Example = {
	/** The command line, as it is typed. */
	line: string;
	/** What it does, as a sentence. */
	does: string;
};

export type CommandDefinition = {
	/** The words that name it. The console has none. */
	name: string;
	/** One line for the list of commands. It starts with a verb and has no full stop. */
	summary: string;
	/** Paragraphs for the command's own help. */
	about: readonly string[];
	arguments: readonly ArgumentDefinition[];
	options: Readonly<Record<string, OptionDefinition>>;
	/** Options of which at most one may be given. */
	exclusive?: readonly string[];
	examples: readonly Example[];
};

export const rootOption = {
	root: {
		type: 'string',
		value: 'DIR',
		completes: 'folder',
		help: 'The folder of the appliance. Default: TANOS_ROOT, or a folder under XDG_STATE_HOME.',
	},
} as const satisfies CommandDefinition['options'];

export const jsonOption = {
	json: {type: 'boolean', help: 'Print one JSON document.'},
} as const satisfies CommandDefinition['options'];

/** The options of every command. */
export const helpOption = {
	help: {type: 'boolean', short: 'h', help: 'Print this help.'},
} as const satisfies CommandDefinition['options'];

export const atOption = {
	at: {type: 'string', value: 'TIME', help: 'The time to judge dates by, such as 2026-12-31 or 2026-12-31T12:00:00Z. Default: now.'},
} as const satisfies CommandDefinition['options'];

/** What the exit codes of every command mean. */
export const exitCodeMeanings = [
	['0', 'Done.'],
	['1', 'The answer is no: not installable, refused, failed or rolled back.'],
	['2', 'The command line is wrong.'],
	['3', 'The appliance needs manual intervention.'],
] as const;

/** The environment variables that `tanos` reads. */
export const environmentVariables = [
	['TANOS_ROOT', 'The folder of the appliance, unless --root names one.'],
	['XDG_STATE_HOME', 'The parent of the default folder of the appliance. Default: ~/.local/state.'],
	['NO_COLOR', 'If it is not empty, colour is turned off.'],
] as const;
