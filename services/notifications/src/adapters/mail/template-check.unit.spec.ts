import { describe, expect, it } from 'vitest'
import { type TemplateForm, templateFaults } from './template-check.js'

const at = (source: string, form: TemplateForm = 'html'): string[] =>
  templateFaults(source, form).map(({ line, column, detail }) => `${line}:${column} ${detail}`)

describe('a template', () => {
  it('may name fields, ask for them and go through lines', () => {
    expect(
      at(
        '<a href="{{link}}">{{exceptionName}}</a>{{#if forRequester}}{{#if reason}}{{#each reason}}{{this}}{{/each}}{{/if}}{{else}}{{requesterName}}{{/if}}{{! a remark }}',
      ),
    ).toEqual([])
    expect(at('{{#unless onlyStep}}{{step}} of {{steps}}{{/unless}}', 'text')).toEqual([])
  })

  // source → each fault with line and column
  it.each<[string, string[]]>([
    ['a\n  {{exceptionNam}}', ['2:5 There is no field exceptionNam.']],
    ['{{exceptionName.length}}', ['1:3 There is no field exceptionName.length.']],
    ['{{constructor}}', ['1:3 There is no field constructor.']],
    ['{{__proto__}}', ['1:3 There is no field __proto__.']],
    ['{{../home}}', ['1:3 Only the names of fields can stand here.']],
    ['{{@root}}', ['1:3 Only the names of fields can stand here.']],
    ['{{"x"}}', ['1:3 Only the names of fields can stand here.']],
    ['{{{exceptionName}}}', ['1:1 Values are always escaped in HTML: write {{exceptionName}}, with two braces.']],
    ['{{&exceptionName}}', ['1:1 Values are always escaped in HTML: write {{exceptionName}}, with two braces.']],
    ['{{> layout}}', ['1:1 Templates cannot include others or change how they are read.']],
    ['{{#> layout}}x{{/layout}}', ['1:1 Templates cannot include others or change how they are read.']],
    ['{{* inline}}', ['1:1 Templates cannot include others or change how they are read.']],
    ['{{exceptionName home}}', ['1:1 A field takes nothing: write {{exceptionName}}.']],
    ['{{lookup home "x"}}', ['1:3 There is no field lookup.']],
    ['{{#with home}}x{{/with}}', ['1:1 There is {{#if}}, {{#unless}} and {{#each}}, and no {{#with}}.']],
    ['{{#if}}x{{/if}}', ['1:1 {{#if}} takes one field.']],
    ['{{#if (lookup home "x")}}x{{/if}}', ['1:7 Only the names of fields can stand here.']],
    ['{{#each home}}x{{/each}}', ['1:9 home does not have several lines.']],
    ['{{#each reason as |line|}}x{{/each}}', ['1:1 Fields cannot be given other names.']],
    ['{{#each reason}}{{home}}{{/each}}', ['1:19 Within {{#each}} there is {{this}} alone: the line.']],
    ['{{#each reason}}{{#each this}}x{{/each}}{{/each}}', ['1:17 An {{#each}} cannot stand in another.']],
    ['{{this}}', ['1:3 There is no field this.']],
    ['{{reason}}', ['1:1 reason has several lines: write {{#each reason}}{{this}}{{/each}}.']],
    ['{{bySelf}}', ['1:1 bySelf is yes or no: use it in {{#if bySelf}}…{{/if}}.']],
    ['<a href="{{exceptionName}}">x</a>', ['1:10 Only {{link}} and {{home}} can be an address in HTML.']],
    ['<a href=x{{exceptionName}}>x</a>', ['1:10 Only {{link}} and {{home}} can be an address in HTML.']],
    ['<script>x</script>', ['1:1 A mail has no <script> of its own.']],
    ['<b onclick="x">x</b>', ['1:1 A mail has no event handlers.']],
    ['a\n\n{{#if bySelf}}\nb', ['4:2 The template ends within a block or a field.']],
    ['a\n {{#if bySelf}}{{/unless}}', ["2:5 if doesn't match unless."]],
    ['ab {{% }}', ['1:6 This cannot be read: a field is {{name}}, a block {{#if name}}…{{/if}}.']],
    ['first\nsecond {{% }}', ['2:10 This cannot be read: a field is {{name}}, a block {{#if name}}…{{/if}}.']],
    ['{{oops}}\n{{#if nope}}{{/if}}', ['1:3 There is no field oops.', '2:7 There is no field nope.']],
  ])('%j is told what is wrong, and where', (source, faults) => {
    expect(at(source)).toEqual(faults)
  })

  it('stands no deeper than anybody needs', () => {
    expect(at(`${'{{#if bySelf}}'.repeat(9)}x${'{{/if}}'.repeat(9)}`)).toEqual([
      '1:113 Blocks stand at most 8 deep in each other.',
    ])
    expect(templateFaults('{{nope}}'.repeat(1_000), 'text')).toHaveLength(20)
  })
})
