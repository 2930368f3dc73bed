export function ExceptionsPage() {
  return null
}
