import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { useEffect, useRef } from 'react';
import { basePath, styleNonce } from '../app/page-settings.ts';

export interface PromqlEditorProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (expr: string) => void;
  /** Enter; Shift-Enter makes a new line. */
  readonly onRun: (expr: string) => void;
}

const HIGHLIGHT = HighlightStyle.define([
  { tag: tags.keyword, color: 'light-dark(#6618a2, #ddc4ff)' },
  { tag: tags.function(tags.variableName), color: 'light-dark(#1f6fd6, #5aa2ff)' },
  { tag: tags.labelName, color: 'light-dark(#90053c, #ff8fb1)' },
  { tag: tags.string, color: 'light-dark(#2b6a2b, #7ee08a)' },
  { tag: tags.number, color: 'light-dark(#8a5200, #ffc078)' },
  { tag: tags.comment, color: 'light-dark(#5c636a, #909296)' },
]);

const STYLE = EditorView.theme({
  '&': {
    border: '1px solid var(--mantine-color-default-border)',
    borderRadius: '4px',
    fontSize: '13px',
    color: 'var(--mantine-color-text)',
    backgroundColor: 'var(--mantine-color-body)',
  },
  '.cm-content': {
    fontFamily: 'var(--mantine-font-family-monospace)',
    caretColor: 'var(--mantine-color-text)',
    padding: '7px 0',
  },
  '.cm-placeholder': { color: 'var(--mantine-color-placeholder)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--mantine-color-body)',
    border: '1px solid var(--mantine-color-default-border)',
  },
});

/** PromQL with completion and lint from our own API. */
export function PromqlEditor({ label, value, onChange, onRun }: PromqlEditorProps) {
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const calls = useRef({ onChange, onRun });
  const initial = useRef({ value, label });
  useEffect(() => {
    calls.current = { onChange, onRun };
  });

  useEffect(() => {
    if (parent.current === null) return undefined;
    const promql = new PromQLExtension().setComplete({ remote: { url: basePath() } });
    const run = keymap.of([
      {
        key: 'Enter',
        run: (editor) => {
          calls.current.onRun(editor.state.doc.toString());
          return true;
        },
      },
      { key: 'Shift-Enter', run: (editor) => insertLine(editor) },
    ]);
    const created = new EditorView({
      parent: parent.current,
      state: EditorState.create({
        doc: initial.current.value,
        extensions: [
          EditorView.cspNonce.of(styleNonce()),
          history(),
          bracketMatching(),
          closeBrackets(),
          autocompletion(),
          syntaxHighlighting(HIGHLIGHT),
          STYLE,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': initial.current.label }),
          placeholder(initial.current.label),
          keymap.of([...completionKeymap, ...lintKeymap, ...historyKeymap]),
          promql.asExtension(),
          // After completion, which takes Enter while its list is open.
          run,
          keymap.of(defaultKeymap),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) calls.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = created;
    return () => {
      created.destroy();
      view.current = undefined;
    };
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  return <div ref={parent} />;
}

function insertLine(editor: EditorView): boolean {
  editor.dispatch(editor.state.replaceSelection('\n'));
  return true;
}
