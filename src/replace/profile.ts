// What a console shows and which keys it takes, as data. Nothing is typed but what the profile gives as the answer to a screen that it
// describes, and a screen is looked for only behind the screens that name it as their next.
import * as v from 'valibot';
import {Problem, messageOf} from '../problem.js';
import {regularExpression} from '../replay/pattern.js';

const pattern = v.pipe(
	v.string(),
	v.check(source => isPattern(source), 'it must be a regular expression'),
);
const seconds = v.pipe(v.number(), v.minValue(0.1), v.maxValue(3600));

/** How an appliance says that the job ended. */
const ends = ['done', 'refused', 'undone', 'unregistered', 'manual', 'password-expired'] as const;

const screenSchema = v.strictObject({
	/** What the screen is, for people. */
	title: v.string(),
	/** Matches the line where the program waits for keys. */
	line: v.optional(pattern),
	/** Matches the whole screen, whose rows are joined by line feeds. */
	screen: v.optional(pattern),
	/** What is typed, followed by Enter. `${user}` is the user of the console. */
	answer: v.optional(v.string()),
	/** The secret that is typed instead, followed by Enter. */
	secret: v.optional(v.picklist(['account-password', 'console-password'])),
	/** The answer that changes nothing. `--learn` gives it and goes no further. */
	decline: v.optional(v.string()),
	/** Whether the appliance may have been changed once the answer is sent. */
	changes: v.optional(v.boolean()),
	/** The screens that may follow. */
	next: v.optional(v.array(v.string())),
	/** Seconds until one of them must be there. */
	timeoutSeconds: v.optional(seconds),
	/** How the job ended, when this screen is shown. */
	end: v.optional(v.picklist(ends)),
	/** Why the patterns may be wrong; absent for those that were seen. */
	guess: v.optional(v.string()),
});

const profileSchema = v.strictObject({
	name: v.string(),
	about: v.array(v.string()),
	terminal: v.strictObject({
		columns: v.pipe(v.number(), v.integer(), v.minValue(20), v.maxValue(500)),
		rows: v.pipe(v.number(), v.integer(), v.minValue(5), v.maxValue(500)),
	}),
	/** The row of the prompt, counted from the bottom; absent when the cursor stands in it. */
	promptRow: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
	/** Milliseconds without output after which a screen is complete, for a console that writes no ready marks. */
	quietMs: v.pipe(v.number(), v.minValue(0), v.maxValue(60_000)),
	/** Seconds for a screen that has no time limit of its own. */
	timeoutSeconds: seconds,
	/** Seconds within which the new certificate must be served once the appliance says so. */
	servedSeconds: seconds,
	/** Questions at the sign-in, of SSH's keyboard-interactive method. */
	signIn: v.strictObject({
		password: pattern,
		/** What is asked for beside the password, such as a one-time code: always a question to the operator. */
		code: v.optional(pattern),
		expired: pattern,
	}),
	/** What to do when the account for uploads cannot sign in. */
	uploadHint: v.string(),
	start: v.array(v.string()),
	screens: v.record(v.string(), screenSchema),
});

export type End = (typeof ends)[number];
export type SecretName = NonNullable<v.InferOutput<typeof screenSchema>['secret']>;
export type ScreenDefinition = v.InferOutput<typeof screenSchema>;
export type Profile = v.InferOutput<typeof profileSchema>;

/** Reads a profile. `name` is its name in messages. Throws Problem `profile` that says where it is wrong. */
export function parseProfile(text: string, name: string): Profile {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw wrong(name, messageOf(error), error);
	}

	const result = v.safeParse(profileSchema, json);
	if (!result.success) {
		const [issue] = result.issues;
		throw wrong(name, `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
	}

	assertConnected(result.output, name);
	return result.output;
}

function wrong(name: string, what: string, cause?: unknown): Problem {
	return new Problem(
		'profile',
		`The profile ${name} is wrong: ${what}.`,
		'Compare it with the profiles in the folder profiles of this package.',
		{
			cause,
		},
	);
}

/** Each screen that is named must exist, be recognisable, and lead on or be an end. */
function assertConnected({start, screens}: Profile, name: string): void {
	for (const id of [start, ...Object.values(screens).map(({next = []}) => next)].flat()) {
		if (!Object.hasOwn(screens, id)) {
			throw wrong(name, `there is no screen ${id}`);
		}
	}

	for (const [id, screen] of Object.entries(screens)) {
		if (screen.line === undefined && screen.screen === undefined) {
			throw wrong(name, `screens.${id} has neither a line nor a screen to match`);
		}

		if (screen.answer !== undefined && screen.secret !== undefined) {
			throw wrong(name, `screens.${id} has both an answer and a secret`);
		}
	}
}

function isPattern(source: string): boolean {
	try {
		regularExpression(source);
		return true;
	} catch {
		return false;
	}
}
