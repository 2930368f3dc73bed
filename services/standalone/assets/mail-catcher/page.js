// The mail catcher's page. Text from mails is only ever set as text; their HTML is shown in a sandboxed frame of its own.
const LOOK_MS = 1_000
const TABS = ['html', 'text', 'source']

const element = (id) => document.getElementById(id)
const list = element('list')
const search = element('search')

let mails = []
let etag = ''
let shown = null
let form = 'html'
const read = new Set()

const came = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })

async function look() {
  try {
    const response = await fetch('/messages', etag === '' ? {} : { headers: { 'if-none-match': etag } })
    trouble('')
    if (response.status === 304) return
    if (!response.ok) throw new Error(String(response.status))
    etag = response.headers.get('etag') ?? ''
    mails = (await response.json()).messages
    renderList()
    if (shown !== null && !mails.some(({ id }) => id === shown)) location.hash = ''
  } catch {
    trouble('Reprieve does not answer: it has stopped, or is starting again.')
  }
}

function trouble(text) {
  const state = element('state')
  if (state.textContent !== text) state.textContent = text
  state.hidden = text === ''
}

function renderList() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean)
  const found = mails.filter((mail) => {
    const text = `${mail.subject} ${mail.from} ${mail.to.join(' ')} ${mail.snippet}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const focused = document.activeElement?.closest?.('li')?.dataset.id
  list.replaceChildren(...found.map(item))
  if (focused !== undefined) list.querySelector(`li[data-id="${CSS.escape(focused)}"] a`)?.focus()
  const count = `${found.length} ${found.length === 1 ? 'mail' : 'mails'}`
  element('count').textContent = words.length === 0 ? count : `${count} of ${mails.length}`
  element('clear').disabled = mails.length === 0
  element('empty-text').textContent = mails.length === 0 ? 'No mail yet.' : 'Choose a mail to read it.'
  const unread = mails.filter(({ id }) => !read.has(id)).length
  document.title = `${unread > 0 ? `(${unread}) ` : ''}Mail – Reprieve`
}

function item(mail) {
  const entry = document.createElement('li')
  entry.dataset.id = mail.id
  const link = document.createElement('a')
  link.href = `#${mail.id}`
  if (!read.has(mail.id)) link.className = 'unread'
  if (mail.id === shown) link.setAttribute('aria-current', 'true')
  const at = new Date(mail.receivedAt)
  const when = piece('time', '', time.format(at))
  when.dateTime = mail.receivedAt
  if (!read.has(mail.id)) link.append(piece('span', 'hidden', 'Not read yet: '))
  link.append(
    piece('span', 'subject', mail.subject),
    when,
    piece('span', 'to', mail.to.join(', ')),
    piece('span', 'snippet', mail.snippet),
  )
  entry.append(link)
  return entry
}

function piece(name, className, text) {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}

async function show(id) {
  shown = id === '' ? null : id
  const reader = element('reader')
  if (shown === null) {
    reader.hidden = true
    element('empty').hidden = false
    renderList()
    return
  }
  const response = await fetch(`/messages/${encodeURIComponent(id)}`).catch(() => null)
  if (shown !== id) return
  if (response === null || !response.ok) {
    location.hash = ''
    return
  }
  const mail = await response.json()
  read.add(id)
  element('subject').textContent = mail.subject
  element('from').textContent = mail.from
  element('to').textContent = mail.to.join(', ')
  element('came').textContent = came.format(new Date(mail.receivedAt))
  element('came').dateTime = mail.receivedAt
  element('attachments-row').hidden = mail.attachments.length === 0
  element('attachments').textContent = mail.attachments.map(({ name, type }) => `${name} (${type})`).join(', ')
  element('text').textContent = mail.text === '' ? 'This mail has no text.' : mail.text
  element('source').textContent = ''
  element('tab-html').disabled = mail.html === null
  if (mail.html === null) element('frame').removeAttribute('src')
  else element('frame').src = `/messages/${encodeURIComponent(id)}/html`
  choose(mail.html === null && form === 'html' ? 'text' : form)
  element('empty').hidden = true
  reader.hidden = false
  renderList()
}

function choose(name) {
  for (const tab of TABS) {
    const chosen = tab === name
    const button = element(`tab-${tab}`)
    button.setAttribute('aria-selected', String(chosen))
    button.tabIndex = chosen ? 0 : -1
    element(`panel-${tab}`).hidden = !chosen
  }
  if (name === 'source' && shown !== null && element('source').textContent === '') loadSource(shown)
}

async function loadSource(id) {
  const response = await fetch(`/messages/${encodeURIComponent(id)}/source`).catch(() => null)
  const source = response?.ok ? await response.text() : 'The source cannot be read.'
  if (shown === id) element('source').textContent = source
}

for (const tab of TABS) {
  element(`tab-${tab}`).addEventListener('click', () => {
    form = tab
    choose(tab)
  })
}

// As the pattern for tabs asks: the arrows go from one to the next, Home and End to the first and the last.
document.querySelector('[role="tablist"]').addEventListener('keydown', (event) => {
  const usable = TABS.filter((tab) => !element(`tab-${tab}`).disabled)
  const at = usable.findIndex((tab) => element(`tab-${tab}`) === document.activeElement)
  const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: usable.length - 1 }[event.key]
  if (next === undefined || at < 0) return
  event.preventDefault()
  form = usable[(next + usable.length) % usable.length]
  choose(form)
  element(`tab-${form}`).focus()
})

element('clear').addEventListener('click', async () => {
  await fetch('/messages', { method: 'DELETE' }).catch(() => null)
  location.hash = ''
  await look()
})
search.addEventListener('input', renderList)
addEventListener('hashchange', () => show(location.hash.slice(1)))
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) look()
})

await look()
await show(location.hash.slice(1))
setInterval(() => {
  if (!document.hidden) look()
}, LOOK_MS)
