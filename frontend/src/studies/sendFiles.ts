import { ApiError, csrfToken } from '../api/client'

/** Sends one parcel; `fetch` cannot say how much has left the browser, XMLHttpRequest can. */
export function sendParcel(url: string, files: File[], onBytes: (sent: number) => void): Promise<void> {
  const body = new FormData()
  for (const file of files) body.append('file', file)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', url)
    request.setRequestHeader('X-CSRFToken', csrfToken())
    request.setRequestHeader('Accept', 'application/json')
    request.upload.onprogress = (event) => onBytes(event.loaded)
    request.onerror = () => reject(new ApiError(0, { detail: 'No connection to the server.', code: 'offline' }))
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve()
      else reject(new ApiError(request.status, bodyOf(request.responseText)))
    }
    request.send(body)
  })
}

function bodyOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}
