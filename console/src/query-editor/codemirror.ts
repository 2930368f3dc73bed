import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  selectedCompletion,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, setDiagnostics } from '@codemirror/lint'
import { EditorState, type Extension, Prec } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { nonce } from '../nonce.js'
import { proposals } from './complete.js'
import type { QueryField } from './fields.js'

/** A fault and its place, both counted from 1. */
export interface QueryFault {
  detail: string
  line?: number
  column?: number
}

export interface EditorOptions {
  parent: HTMLElement
  text: string
  label: string
  placeholder: string
  fields: () => readonly QueryField[]
  onChange: (text: string) => void
  /** Enter in an editor of one line, Ctrl+Enter in one of several. */
  onSubmit: (() => void) | undefined
  singleLine: boolean
  describedBy: string
}

// Colours only: what a person needs to tell apart is in the text itself.
const language = StreamLanguage.define({
  token: (stream) => {
    if (stream.eatSpace()) return null
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^'\\]|\\.)*'?/)) return 'string'
    if (stream.match(/^\d+(?:\.\d+)?/)) return 'number'
    if (stream.match(/^(?:true|false|null|in|now)\b/)) return 'keyword'
    if (stream.match(/^(?:has|exists|startsWith|endsWith|contains|duration|timestamp)\b(?=\s*\()/)) return 'function'
    if (stream.match(/^[A-Za-z_]\w*/)) return 'variableName'
    if (stream.match(/^(?:&&|\|\||[!=<>]=|[!<>+\-?:])/)) return 'operator'
    stream.next()
    return null
  },
  tokenTable: { function: tags.function(tags.variableName) },
})

const colours = HighlightStyle.define([
  { tag: tags.string, color: 'light-dark(#1a6b3c, #7bd3a0)' },
  { tag: tags.number, color: 'light-dark(#8a4b00, #f0b775)' },
  { tag: tags.keyword, color: 'light-dark(#8b2a8f, #d8a1e8)' },
  { tag: tags.function(tags.variableName), color: 'light-dark(#37499f, #98a9e8)' },
  { tag: tags.operator, color: 'var(--mantine-color-dimmed)' },
])

const look = EditorView.theme({
  '&': {
    fontSize: '13px',
    // As any other field.
    backgroundColor: 'light-dark(var(--mantine-color-white), var(--mantine-color-dark-6))',
    border: '1px solid var(--mantine-color-default-border)',
    borderRadius: 'var(--mantine-radius-sm)',
  },
  '&.cm-focused': { outline: 'none', borderColor: 'var(--mantine-primary-color-filled)' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.6', maxHeight: '240px' },
  '.cm-content': { padding: '6px 0', caretColor: 'var(--mantine-color-text)' },
  '.cm-line': { padding: '0 10px' },
  '.cm-placeholder': { color: 'var(--mantine-color-placeholder)' },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--mantine-color-body)',
    border: '1px solid var(--mantine-color-default-border)',
    borderRadius: 'var(--mantine-radius-sm)',
    boxShadow: 'var(--mantine-shadow-md)',
    zIndex: '400',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--row-active)',
    color: 'var(--mantine-color-text)',
  },
  '.cm-completionDetail': { color: 'var(--mantine-color-dimmed)', fontStyle: 'normal', marginLeft: '12px' },
  '.cm-completionInfo': { padding: '6px 10px', fontSize: '12px', maxWidth: '280px' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--mantine-color-error)' },
})

/** Whether the proposal that would be taken stands there already: Enter is not meant for it then. */
function isWritten({ state }: EditorView): boolean {
  const chosen = selectedCompletion(state)
  const { head } = state.selection.main
  if (chosen === null || chosen.apply !== undefined) return false
  return state.sliceDoc(Math.max(0, head - chosen.label.length), head) === chosen.label
}

/** An editor for one query. */
export function createEditor(options: EditorOptions): EditorView {
  const submit = () => {
    options.onSubmit?.()
    return options.onSubmit !== undefined
  }
  const extensions: Extension[] = [
    EditorView.cspNonce.of(nonce),
    history(),
    language,
    syntaxHighlighting(colours),
    bracketMatching(),
    closeBrackets(),
    // Before the keys of the proposals, which have the highest precedence, too.
    ...(options.singleLine
      ? [
          Prec.highest(
            keymap.of([{ key: 'Enter', run: (view) => isWritten(view) && closeCompletion(view) && submit() }]),
          ),
        ]
      : []),
    autocompletion({
      icons: false,
      override: [
        (context) => {
          const found = proposals(context.state.sliceDoc(0, context.pos), options.fields(), context.explicit)
          if (found === null) return null
          return {
            from: found.from,
            options: found.options.map(({ label, kind, detail, info, insert }) => ({
              label,
              type: kind,
              ...(detail === undefined ? {} : { detail }),
              ...(info === undefined ? {} : { info }),
              ...(insert === undefined ? {} : { apply: insert }),
              boost: kind === 'field' ? 1 : 0,
            })),
            validFor: /^[\w.]*$/,
          }
        },
      ],
    }),
    keymap.of([
      ...completionKeymap,
      ...(options.singleLine ? [{ key: 'Enter', run: submit }] : []),
      { key: 'Mod-Enter', run: submit },
      ...closeBracketsKeymap,
      ...historyKeymap,
      ...defaultKeymap,
    ]),
    // A list of proposals is closed by Escape before the drawer around the editor is.
    EditorView.domEventHandlers({
      keydown: (event, view) => {
        if (event.key === 'Escape' && view.dom.querySelector('.cm-tooltip-autocomplete')) event.stopPropagation()
      },
    }),
    placeholder(options.placeholder),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({
      'aria-label': options.label,
      'aria-describedby': options.describedBy,
      spellcheck: 'false',
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onChange(update.state.doc.toString())
    }),
    look,
    ...(options.singleLine
      ? [EditorState.transactionFilter.of((transaction) => (transaction.newDoc.lines > 1 ? [] : transaction))]
      : []),
  ]
  return new EditorView({ parent: options.parent, state: EditorState.create({ doc: options.text, extensions }) })
}

/** Replaces what is in the editor, where it is something else. */
export function setText(view: EditorView, text: string): void {
  if (view.state.doc.toString() === text) return
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
}

/** Marks faults at their places. */
export function showFaults(view: EditorView, faults: readonly QueryFault[]): void {
  const { doc } = view.state
  const diagnostics = faults.map(({ detail, line = 1, column = 1 }): Diagnostic => {
    const at = doc.line(Math.min(Math.max(1, line), doc.lines))
    const from = Math.min(at.from + Math.max(0, column - 1), at.to)
    const word = /^\w+/.exec(doc.sliceString(from, at.to))?.[0].length ?? 1
    return { from, to: Math.min(from + word, doc.length), severity: 'error', message: detail }
  })
  view.dispatch(setDiagnostics(view.state, diagnostics))
}
