import {Box, Text} from 'ink';
import {saidRows, talkRows, type ConsoleState, type Question, type TalkView} from '../src/console/state.js';
import {rowsInSight} from '../src/console/transcript.js';
import {Frame} from './frame.js';
import {ChoiceList} from './parts/choice-list.js';
import {Prompt} from './parts/prompt.js';
import {Rows} from './parts/rows.js';

/** A conversation: what was said, as much of its end as fits, and the open question. */
export function TalkScreen({state, view}: {state: ConsoleState; view: TalkView}) {
	const {question, notice} = view;
	const room = talkRows(state, view);
	const said = rowsInSight(saidRows(state, view), room.said, view.scroll);
	return (
		<Frame
			state={state}
			prompt={question ? <Prompt prompt={question.prompt} line={state.line} isSecret={question.kind === 'secret'} columns={state.columns}/> : <Text dimColor>Working ...</Text>}
			hint={<Text dimColor={notice === ''} wrap='truncate'>{notice === '' ? hintOf(question) : notice}</Text>}
		>
			<Text bold wrap='truncate'>{view.title}</Text>
			<Text> </Text>
			<Rows rows={said}/>
			{question?.choices && (
				<Box marginTop={said.length > 0 ? 1 : 0}><ChoiceList choices={question.choices} selected={view.selected} rows={room.choices}/></Box>
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
