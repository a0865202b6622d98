import {Box, Text} from 'ink';
import {margin, talkRows, type ConsoleState, type Question, type TalkView} from '../src/console/state.js';
import {rowsOf, type Row} from '../src/console/transcript.js';
import {Frame} from './frame.js';
import {ChoiceList} from './parts/choice-list.js';
import {Prompt} from './parts/prompt.js';
import {Rows} from './parts/rows.js';

/** A conversation: what was said, as much of its end as fits, and the open question. */
export function TalkScreen({state, view}: {state: ConsoleState; view: TalkView}) {
	const {question, notice} = view;
	const choices = question?.choices ?? [];
	return (
		<Frame
			state={state}
			prompt={question ? <Prompt prompt={question.prompt} line={state.line} isSecret={question.kind === 'secret'} columns={state.columns}/> : <Text dimColor>Working ...</Text>}
			hint={<Text dimColor={notice === ''} wrap='truncate'>{notice === '' ? hintOf(question) : notice}</Text>}
		>
			<Text bold wrap='truncate'>{view.title}</Text>
			<Text> </Text>
			<Rows rows={visible(state, view)}/>
			{choices.length > 0 && (
				<Box marginTop={view.entries.length > 0 ? 1 : 0}><ChoiceList choices={choices} selected={view.selected} rows={choices.length}/></Box>
			)}
		</Frame>
	);
}

function hintOf(question: Question | undefined): string {
	if (!question) {
		return '';
	}

	if (question.choices) {
		return 'Enter a key, or choose with the arrows    R  back';
	}

	return question.kind === 'pause' ? 'Up, Down, Page Up, Page Down  scroll' : 'Ctrl+C  give up    Page Up, Page Down  scroll';
}

/** The rows in sight, and how many are out of sight above and below. */
function visible(state: ConsoleState, view: TalkView): Row[] {
	const rows = rowsOf(view.entries, state.columns - margin);
	const room = talkRows(state, view);
	const end = Math.max(0, rows.length - view.scroll);
	const start = Math.max(0, end - room);
	const shown = rows.slice(start, end);
	if (start > 0) {
		shown[0] = {text: `... ${start + 1} more rows above: Page Up`, tone: 'dim'};
	}

	if (end < rows.length) {
		shown[shown.length - 1] = {text: `... ${rows.length - end + 1} more rows below: Page Down`, tone: 'dim'};
	}

	return shown;
}
