import test from 'ava';
import {
	bodyRows,
	frameRows,
	menuView,
	press,
	printedRows,
	conversationRows,
	withNotice,
	type ConsoleState,
	type Pressed,
	type ConversationView,
} from '../../src/console/state.js';
import {menuAt} from '../../src/console/menus.js';
import {emptyConversation, keysOf, mainMenu} from './typist.js';

const up = '\u001B[A';
const down = '\u001B[B';
const home = '\u001B[H';
const end = '\u001B[F';
const pageUp = '\u001B[5~';
const pageDown = '\u001B[6~';

/** What all these keys make of the state; what was entered or given up is the last key's. */
function typed(state: ConsoleState, input: string): Pressed {
	return keysOf(input).reduce<Pressed>((pressed, key) => press(pressed.state, key), {state});
}

function talking(view: Partial<ConversationView>): ConsoleState {
	return {...mainMenu, view: {...emptyConversation, question: {kind: 'ask', prompt: 'Name:'}, ...view}};
}

function selectedOf({view}: ConsoleState): number | undefined {
	return 'selected' in view ? view.selected : undefined;
}

const choices = [
	{key: '1', label: 'Start'},
	{key: '2', label: 'Stop'},
	{key: '3', label: 'Restart'},
];
const long = Array.from({length: 60}, (_, number) => `line ${number + 1}`).join('\n');
const lines = [{kind: 'text', text: long, tone: 'plain'}] as const;

/** The path of keys of the entry that is highlighted in the menu at `path`, after `last`. */
function highlightedAt(path: string[], last: string[] = [], role: 'tanadmin' | 'tanuser' = 'tanadmin'): string {
	return [...path, menuAt(path).items[menuView({path, last, notice: ''}, role).selected]!.key].join('-');
}

test('in a menu that is opened afresh the first entry that works for the user is highlighted', t => {
	t.is(highlightedAt([]), '2');
	t.is(highlightedAt([], [], 'tanuser'), '4');
	t.is(highlightedAt(['2']), '2-1');
	t.is(highlightedAt(['3']), '3-5');
	t.is(highlightedAt(['A']), 'A-A', 'menus in which nothing works come first');
	t.is(highlightedAt(['A', 'A']), 'A-A-3');
	t.is(highlightedAt(['A', 'A', 'X']), 'A-A-X-5');
});

test('in a menu in which nothing works the first entry is highlighted', t => {
	t.is(highlightedAt(['1']), '1-1');
	t.is(highlightedAt(['D']), 'D-1');
});

test('back in a menu the entry that was used is highlighted, whether it works or not', t => {
	t.is(highlightedAt([], ['C', 'U']), 'C');
	t.is(highlightedAt(['A'], ['A', 'A', '4']), 'A-A');
	t.is(highlightedAt(['2'], ['2', '3']), '2-3');
	t.is(highlightedAt([], ['4'], 'tanuser'), '4');
});

test('the key of an entry of another menu highlights nothing', t => {
	t.is(highlightedAt(['A'], ['3', '3']), 'A-A');
	t.is(highlightedAt(['2', 'C'], ['2', '1']), '2-C-1');
});

test('text stays in the line until Enter', t => {
	t.is(typed(mainMenu, '2-4').state.line, '2-4');
	t.like(typed(mainMenu, '2-4\r'), {entered: '2-4', state: {line: ''}});
});

test('Enter on an empty line enters the highlighted item', t => {
	t.is(typed(mainMenu, '\r').entered, '2');
	t.is(typed(mainMenu, `${down}\r`).entered, '3');
	t.is(typed(mainMenu, `  \r`).entered, '2');
	t.is(typed(talking({question: {kind: 'ask', prompt: 'Which?', choices}}), `${down}${down}\r`).entered, '3');
	t.is(typed(talking({}), '\r').entered, '');
});

test('the highlight moves with the arrows, Home and End, and wraps around', t => {
	t.is(selectedOf(typed(mainMenu, up).state), 0);
	t.is(selectedOf(typed(mainMenu, up + up).state), 9);
	t.is(selectedOf(typed(mainMenu, up + up + down).state), 0);
	t.is(selectedOf(typed(mainMenu, end).state), 9);
	t.is(selectedOf(typed(mainMenu, end + home).state), 0);
});

test('moving the highlight erases the line, so that Enter opens the highlighted item', t => {
	t.is(typed(mainMenu, `2${down}${down}\r`).entered, '4');
	t.is(typed(mainMenu, `2${down}`).state.line, '');
});

test('typing a key highlights its item, and further text keeps the highlight', t => {
	t.is(selectedOf(typed(mainMenu, 'c').state), 6);
	t.is(selectedOf(typed(mainMenu, '2-4').state), 1);
});

test('Escape goes back from an empty line, and otherwise erases the line', t => {
	t.is(typed(mainMenu, '\u001B').entered, 'R');
	t.like(typed(mainMenu, '12\u001B'), {state: {line: ''}});
	t.is(typed(mainMenu, '12\u001B').entered, undefined);
	t.is(typed(talking({question: {kind: 'ask', prompt: 'Which?', choices}}), '\u001B').entered, 'R');
	t.is(typed(talking({}), '\u001B').entered, undefined);
});

test('Ctrl+C cancels a question', t => {
	for (const kind of ['ask', 'secret'] as const) {
		t.like(typed(talking({question: {kind, prompt: 'Name:'}}), 'ab\u0003'), {cancelled: true, state: {line: ''}});
	}
});

test('Ctrl+C in a menu or at a pause shows how to log out', t => {
	for (const state of [mainMenu, talking({question: {kind: 'pause', prompt: 'Press Enter to continue.'}})]) {
		const {state: after, cancelled, entered} = typed(state, 'ab\u0003');
		t.like(after, {line: '', view: {notice: 'Z logs out.'}});
		t.is(cancelled, undefined);
		t.is(entered, undefined);
	}
});

test('a notice disappears with the next key', t => {
	const noticed = {...mainMenu, view: withNotice(mainMenu.view, 'There is no 8 here.')};
	t.like(typed(noticed, '2').state.view, {notice: ''});
	t.like(typed(noticed, down).state.view, {notice: ''});
});

test('the crash screen takes only Enter', t => {
	const state: ConsoleState = {...mainMenu, view: {kind: 'crash', reference: 'ab12'}};
	t.deepEqual(typed(state, `ab${up}${pageUp}\u001B\u0003`).state, state);
	t.is(typed(state, 'ab\r').entered, '');
});

test('a conversation scrolls by rows and pages, within its limits', t => {
	const state = talking({entries: lines});
	const scroll = (input: string) => (typed(state, input).state.view as ConversationView).scroll;
	const {printed} = conversationRows(state, state.view as ConversationView);
	t.is(scroll(up), 1);
	t.is(scroll(up + down + down), 0);
	t.is(scroll(pageUp), printed - 2);
	t.is(scroll(pageUp + pageDown), 0);
	t.is(scroll(home), 60 - printed);
	t.is(scroll(pageUp.repeat(9)), 60 - printed);
	t.is(scroll(home + end), 0);
});

test('a conversation that fits cannot be scrolled', t => {
	t.like(typed(talking({entries: [{kind: 'text', text: 'one', tone: 'plain'}]}), `${up}${pageUp}${home}`).state.view, {scroll: 0});
});

test('with choices the arrows move the highlight, and the page keys still scroll', t => {
	const state = talking({entries: lines, question: {kind: 'ask', prompt: 'Which?', choices}});
	t.like(typed(state, down).state.view, {selected: 1, scroll: 0});
	t.like(typed(state, pageUp).state.view, {selected: 0, scroll: conversationRows(state, state.view as ConversationView).printed - 2});
});

test('scrolled far back on a small terminal, the first key on a large one already moves', t => {
	const state = talking({entries: lines, scroll: 1000});
	const {printed} = conversationRows(state, state.view as ConversationView);
	t.like(typed(state, down).state.view, {scroll: 60 - printed - 1});
});

test('the frame and the body leave one row of the terminal free', t => {
	for (const rows of [7, 12, 24, 50]) {
		t.is(bodyRows({rows}) + frameRows + 1, rows);
	}

	t.is(bodyRows({rows: 1}), 1);
});

test('printed rows and choices never need more rows than the body has', t => {
	for (let rows = 7; rows < 60; rows++) {
		for (const count of [0, 1, 3, 30]) {
			const view: ConversationView = {
				...emptyConversation,
				question: {kind: 'ask', prompt: 'Which?', choices: Array.from({length: count}, () => choices[0]!)},
			};
			const {printed, choices: shown} = conversationRows({rows}, view);
			const between = printed > 0 && shown > 0 ? 1 : 0;
			t.true(printed + between + shown <= Math.max(1, bodyRows({rows}) - 2), `${rows} rows, ${count} choices`);
			t.is(shown > 0, count > 0);
		}
	}
});

test('a prompt that is too long for its row is printed in full above it', t => {
	const prompt = 'Back up the installed pair to /outgoing, and install the new one? [Y/N]:';
	const view: ConversationView = {...emptyConversation, question: {kind: 'ask', prompt}};
	t.deepEqual(printedRows({columns: 120}, view), []);
	t.is(
		printedRows({columns: 40}, view)
			.map(({text}) => text)
			.join(' '),
		prompt,
	);
});
