// Walks through the menus as far as the first question that would change something, and corrects the profile by what is shown.
import {Problem} from '../problem.js';
import {literalPattern} from '../replay/pattern.js';
import type {TerminalSession} from '../replay/terminal-session.js';
import {isShown, promptLine} from './look.js';
import type {Profile, ScreenDefinition} from './profile.js';
import type {WalkOptions} from './walk.js';

/** Who knows the console. */
export type Teacher = {
	/** Shows a screen, and the definition that matches it if there is one. */
	show(screen: string, id: string | undefined, definition: ScreenDefinition | undefined): void;
	/** Which of these screens it is; undefined for none of them. */
	choose(candidates: ReadonlyArray<{id: string; title: string}>): Promise<string | undefined>;
};

/** Who signs in. */
export type Learner = Pick<WalkOptions, 'user' | 'secretFor'>;

/** Seconds that a screen is waited for before the teacher is asked which one it is. */
const maxWaitSeconds = 15;

/** Screens after which it is given up. */
const maxScreens = 20;

/**
 * Resolves with the corrected profile: of each screen that was shown the patterns match, and nothing is a guess. It types what the profile
 * has for screens that are recognised or that the teacher names, and at the first question with an answer that changes nothing it types
 * that one. Rejects with Problem `not-learned` when the teacher knows none of the expected screens, or the session ends.
 */
export async function learn(profile: Profile, session: TerminalSession, teacher: Teacher, {user, secretFor}: Learner): Promise<Profile> {
	session.setQuietTime(profile.quietMs);
	const learned = structuredClone(profile);
	let expected = profile.start;
	for (let count = 0; count < maxScreens; count++) {
		const id = await recognise(learned, session, {expected, teacher});
		const definition = learned.screens[id]!;
		if (definition.decline !== undefined) {
			await type(session, definition.decline);
			teacher.show(session.terminal.screen(), undefined, undefined);
			return learned;
		}

		if (definition.end !== undefined || definition.secret === 'console-password' || definition.changes) {
			throw notLearned(`The screen "${definition.title}" is not one on the way to the first question.`, session);
		}

		const answer = definition.secret === undefined ? definition.answer?.replaceAll('${user}', user) : await secretFor(definition.secret);
		await type(session, answer ?? '');
		expected = definition.next ?? [];
	}

	throw notLearned(`The first question did not come within ${maxScreens} screens.`, session);
}

/** The name of the screen that is shown, whose definition matches it afterwards. */
async function recognise(
	profile: Profile,
	session: TerminalSession,
	{expected, teacher}: {expected: readonly string[]; teacher: Teacher},
): Promise<string> {
	const {terminal} = session;
	const known = () => expected.find(id => isShown(terminal, profile.screens[id]!, profile));
	await session.until(() => session.isAtRest() && (known() !== undefined || session.marked), maxWaitSeconds * 1000);
	if (session.ended) {
		throw notLearned('The session ended.', session);
	}

	const found = known();
	teacher.show(terminal.screen(), found, found === undefined ? undefined : profile.screens[found]);
	const id = found ?? (await teacher.choose(expected.map(name => ({id: name, title: profile.screens[name]!.title}))));
	if (id === undefined) {
		throw notLearned('None of the expected screens is shown.', session);
	}

	const {guess: _guess, ...definition} = profile.screens[id]!;
	profile.screens[id] = found === undefined ? correct(definition, session, profile) : definition;
	return id;
}

async function type(session: TerminalSession, answer: string): Promise<void> {
	const before = session.terminal.screen();
	session.send(`${answer}\r`);
	await session.until(() => session.isAtRest() && session.terminal.screen() !== before, maxWaitSeconds * 1000);
}

/** The definition with the patterns that do not match replaced by the line of the prompt and the row of the menu entry. */
function correct(definition: ScreenDefinition, {terminal}: TerminalSession, profile: Profile): ScreenDefinition {
	const {line, screen, answer = '', ...rest} = definition;
	const prompt = promptLine(terminal, profile);
	const keepsLine = line !== undefined && isShown(terminal, {title: '', line}, profile);
	const keepsScreen = screen !== undefined && isShown(terminal, {title: '', screen}, profile);
	const entry = terminal
		.screen()
		.split('\n')
		.find(row => row !== prompt && answer !== '' && new RegExp(`^\\W*${RegExp.escape(answer)}\\W`).test(row));
	return {
		...rest,
		...(definition.answer !== undefined && {answer}),
		...(prompt.trim() !== '' && {line: keepsLine ? line : `^${patternFor(prompt)}$`}),
		...(keepsScreen ? {screen} : entry !== undefined && {screen: patternFor(entry)}),
	};
}

/** The text as a regular expression in which numbers and the width of gaps may differ. */
function patternFor(text: string): string {
	return text
		.split(/(\d+|\s+)/)
		.map(part => (/^\d+$/.test(part) ? '\\d+' : /^\s+$/.test(part) ? '\\s+' : literalPattern(part)))
		.join('');
}

function notLearned(why: string, {terminal}: TerminalSession): Problem {
	return new Problem(
		'not-learned',
		`${why} Nothing was changed. The screen:\n${terminal.screen().trimEnd()}`,
		'Correct the profile by hand.',
	);
}
