// The state of the console, and the state that follows a key. It lives outside React, so that no key is applied to a screen
// that has not caught up: the screen only draws this state.
import stringWidth from 'string-width';
import type {Machine} from '../appliance/roles.js';
import type {Key} from './keys.js';
import {maxAnswerLength, maxEntryLength} from './limits.js';
import {editLine} from './line.js';
import {menuAt, whyDimmed, type UserRole} from './menus.js';
import type {CertificateNote, Header} from './header.js';
import {maxScroll, rowsOf, type Entry, type Row} from './transcript.js';

export type User = {name: string; role: UserRole};

export type Question = {
	/** `follow`: every key answers it, except those that scroll. */
	kind: 'ask' | 'secret' | 'pause' | 'follow';
	prompt: string;
	/** Whether it asks for one line of a text that has several, so that a paste of several lines is one answer. */
	isLineOfText?: boolean;
	/** The choices, when it is a choice; the first is highlighted. */
	choices?: ReadonlyArray<{key: string; label: string}>;
};

export type ConversationView = {
	kind: 'conversation';
	title: string;
	entries: readonly Entry[];
	question: Question | undefined;
	/** The highlighted choice. */
	selected: number;
	/** How many rows the view is scrolled up from its end. */
	scroll: number;
	/** A line about the last input, or empty. */
	notice: string;
};

export type View =
	| {kind: 'menu'; path: readonly string[]; /** The highlighted item. */ selected: number; notice: string}
	| ConversationView
	| {kind: 'crash'; reference: string};

/** A position in the menus. */
export type MenuPlace = {
	path: readonly string[];
	/** The path used before. */
	last: readonly string[];
	/** A notice about the last input, or empty. */
	notice: string;
};

export type ConsoleState = {
	/** What the header shows. */
	appliance: Header;
	user?: User;
	/** What the main menu shows about the installed certificate. */
	certificate?: CertificateNote;
	columns: number;
	rows: number;
	view: View;
	/** What has been typed but not entered. */
	line: string;
	/** How many of its characters are right of the cursor; absent: none. */
	behind?: number;
};

/** The result of a key: a new state, and perhaps an entered line or a cancelled question. */
export type Pressed = {state: ConsoleState; entered?: string; cancelled?: true};

/** Rows that the frame around the body takes: header, rule, rule, prompt, hint. */
export const frameRows = 5;

/** Rows that the title takes at the top of the body: its own, and an empty one. */
export const titleRows = 2;

/** Columns left empty at the sides of the body. */
export const margin = 2;

/** The minimum number of columns for typing after a prompt. */
const minTypingColumns = 5;

/** How many rows the body has. */
export function bodyRows({rows}: Pick<ConsoleState, 'rows'>): number {
	return Math.max(1, rows - frameRows - 1);
}

/** How a conversation divides the rows below its title: printed rows, an empty row, and the choices of its question. */
export function conversationRows(state: Pick<ConsoleState, 'rows'>, {question}: ConversationView): {printed: number; choices: number} {
	const room = Math.max(1, bodyRows(state) - titleRows);
	const choices = Math.min(question?.choices?.length ?? 0, room);
	return {printed: choices > 0 ? Math.max(0, room - choices - 1) : room, choices};
}

/** Whether a prompt leaves too few columns for typing after it. */
export function isLong(prompt: string, {columns}: Pick<ConsoleState, 'columns'>): boolean {
	return stringWidth(prompt) + minTypingColumns > columns - margin;
}

/** The printed rows, followed by a prompt that is too long for its own row. */
export function printedRows({columns, rows}: Pick<ConsoleState, 'columns'> & {rows?: number}, view: ConversationView): Row[] {
	const {entries, question} = view;
	const open: Entry[] = question && isLong(question.prompt, {columns}) ? [{kind: 'text', text: question.prompt, tone: 'heading'}] : [];
	return rowsOf([...entries, ...open], columns - margin, rows === undefined ? undefined : conversationRows({rows}, view).printed);
}

/**
 * A menu as it is shown when it is opened. Highlighted is the entry that was used before; in a menu that is opened afresh the first
 * entry that works for this role on this machine; in one where nothing works, the first.
 */
export function menuView({path, last, notice}: MenuPlace, role: UserRole, machine?: Machine): View & {kind: 'menu'} {
	const {items} = menuAt(path);
	const isReturn = path.every((key, index) => key === last[index]);
	const before = isReturn ? items.findIndex(({key}) => key === last[path.length]) : -1;
	const working = items.findIndex(item => whyDimmed(item, role, machine) === undefined);
	return {kind: 'menu', path, selected: before >= 0 ? before : Math.max(0, working), notice};
}

/** Applies a key to the state. */
export function press(state: ConsoleState, key: Key): Pressed {
	if (state.view.kind === 'conversation' && state.view.question?.kind === 'follow') {
		return scrolls(key.name) ? {state: move(state, key)} : {state, entered: ''};
	}

	const isAnswer = state.view.kind === 'conversation' && state.view.question?.kind === 'ask';
	const before = {text: state.line, behind: state.behind ?? 0};
	const edited = editLine(before, key, isAnswer ? maxAnswerLength : maxEntryLength);
	if (edited !== undefined && state.view.kind !== 'crash') {
		const {text: line, behind} = edited;
		const isChange = line !== before.text || behind !== before.behind || ('notice' in state.view && state.view.notice !== '');
		return isChange ? {state: follow({...state, line, behind, view: withNotice(state.view, '')})} : {state};
	}

	if (key.name === 'enter') {
		return {state: {...state, line: ''}, entered: entered(state)};
	}

	if (key.name === 'ctrl-c') {
		return interrupt(state);
	}

	if (key.name === 'escape' && state.line === '' && optionsOf(state.view).length > 0) {
		return {state, entered: 'R'};
	}

	if (key.name === 'escape' && state.line === '' && state.view.kind === 'conversation' && state.view.question?.kind !== 'pause') {
		return {state: {...state, view: withNotice(state.view, 'Ctrl+C cancels this question.')}};
	}

	return {state: move(state, key)};
}

/** What Enter enters: the typed line, or else the highlighted item. */
function entered({line, view}: ConsoleState): string {
	if (line.trim() !== '') {
		return line;
	}

	if (view.kind === 'menu') {
		return menuAt(view.path).items[view.selected]?.key ?? '';
	}

	return view.kind === 'conversation' ? (view.question?.choices?.[view.selected]?.key ?? line) : line;
}

function interrupt(state: ConsoleState): Pressed {
	const {view} = state;
	if (view.kind === 'conversation' && view.question && view.question.kind !== 'pause') {
		return {state: {...state, line: ''}, cancelled: true};
	}

	return {state: {...state, line: '', view: withNotice(view, 'Z logs out.')}};
}

/** The view with this notice. */
export function withNotice(view: View, notice: string): View {
	return 'notice' in view ? {...view, notice} : view;
}

/** Highlights the item that the typed line names, so that it can be checked before Enter. */
function follow(state: ConsoleState): ConsoleState {
	const {view, line} = state;
	const options = optionsOf(view);
	const index = options.findIndex(({key}) => key === line.trim().toUpperCase());
	return index >= 0 && 'selected' in view ? {...state, view: {...view, selected: index}} : state;
}

function optionsOf(view: View): ReadonlyArray<{key: string; label: string}> {
	if (view.kind === 'menu') {
		return menuAt(view.path).items;
	}

	return view.kind === 'conversation' ? (view.question?.choices ?? []) : [];
}

function move(state: ConsoleState, key: Key): ConsoleState {
	const {view} = state;
	if (key.name === 'escape') {
		return {...state, line: ''};
	}

	const count = optionsOf(view).length;
	if (count > 0 && 'selected' in view && isMove(key.name)) {
		return {...state, line: '', view: {...view, selected: moved(view.selected, count, key.name), notice: ''}};
	}

	return view.kind === 'conversation' ? {...state, view: {...view, scroll: scrolled(state, view, key.name)}} : state;
}

const moves = ['up', 'down', 'home', 'end'] as const;
type Move = (typeof moves)[number];

function isMove(name: Key['name']): name is Move {
	return (moves as readonly string[]).includes(name);
}

function moved(selected: number, count: number, move: Move): number {
	return {up: (selected + count - 1) % count, down: (selected + 1) % count, home: 0, end: count - 1}[move];
}

function scrolls(name: Key['name']): boolean {
	return isMove(name) || name === 'page-up' || name === 'page-down';
}

function scrolled(state: ConsoleState, view: ConversationView, name: Key['name']): number {
	const {printed} = conversationRows(state, view);
	const page = Math.max(1, printed - 2);
	const furthest = maxScroll(printedRows(state, view), printed);
	const by =
		new Map<Key['name'], number>([
			['up', 1],
			['down', -1],
			['page-up', page],
			['page-down', -page],
			['home', furthest],
			['end', -furthest],
		]).get(name) ?? 0;
	return Math.max(0, Math.min(furthest, Math.min(furthest, view.scroll) + by));
}
