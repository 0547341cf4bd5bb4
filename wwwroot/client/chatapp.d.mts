/** What to say to which agent. */
export interface RunRequest {
  input?: string;
  agent?: string;
  model?: string;
  conversation_id?: string;
  parent_message_id?: string;
  metadata?: Record<string, unknown>;
}

export interface Usage {
  input_tokens: number;
  output_tokens: number;
  cached_input_tokens: number;
  reasoning_tokens: number;
  estimated: boolean;
}

export interface RunError {
  code: string;
  message: string;
}

/** One event of a run's log; its id counts 1, 2, 3 … without gaps. */
export type RunEvent = { id: number } & (
  | { event: "run.started"; data: { run_id: string; conversation_id: string; user_message_id: string; message_id: string; agent: string; model: string } }
  | { event: "run.queued"; data: { position: number } }
  | { event: "model.changed"; data: { model: string; cause: string } }
  | { event: "block.started"; data: { index: number; kind: "text" | "reasoning" | "tool_call"; name?: string; call_id?: string } }
  | { event: "block.delta"; data: { index: number; text: string } }
  | { event: "block.ended"; data: { index: number } }
  | { event: "tool.result"; data: { call_id: string; result: string; is_error: boolean } }
  | { event: "usage"; data: Usage }
  | { event: "done"; data: { status: "completed" | "failed" | "cancelled" | "interrupted"; finish_reason: string; error?: RunError } }
);

/** A tool that the model called. */
export interface ToolCall {
  id: string;
  name: string;
  /** JSON as the model wrote it. */
  arguments: string;
  /** Missing where nobody ran the tool. */
  result?: string;
  is_error: boolean;
}

export interface Run {
  id: string;
  conversation_id: string;
  user_message_id: string;
  message_id: string;
  agent: string;
  model: string;
  status: "queued" | "running" | "completed" | "failed" | "cancelled" | "interrupted";
  queue_position?: number;
  finish_reason?: string;
  error?: RunError;
  output: string;
  reasoning?: string;
  tool_calls?: ToolCall[];
  usage?: Usage;
  created_at: string;
  finished_at?: string;
}

export interface StreamOptions {
  signal?: AbortSignal;
  /** The same key never starts a second run. A fresh one by default. */
  idempotencyKey?: string;
  /** Told the run's id once the server has accepted it. */
  onStart?: (runId: string) => void;
}

/** An event as it stands on the wire. */
export interface RawEvent {
  id: string | null;
  event: string;
  data: string;
}

export class ChatAppError extends Error {
  readonly status: number;
  readonly code: string | null;
  readonly field: string | null;
  readonly requestId: string | null;
  /** Seconds. */
  readonly retryAfter: number | null;
}

export class ChatApp {
  constructor(options?: { baseUrl?: string; apiKey?: string | null; fetch?: typeof fetch; patience?: number });
  stream(request: RunRequest, options?: StreamOptions): AsyncGenerator<RunEvent, void, undefined>;
  events(runId: string, options?: { after?: number; signal?: AbortSignal }): AsyncGenerator<RunEvent, void, undefined>;
  text(request: RunRequest, options?: StreamOptions): Promise<string>;
  run(id: string, options?: { signal?: AbortSignal }): Promise<Run>;
  cancel(id: string): Promise<void>;
  agents(): Promise<{ data: { slug: string; name: string; description?: string }[] }>;
  conversations(): Promise<{ data: { id: string; title: string; updated_at: string }[] }>;
  messages(conversationId: string): Promise<{ data: { id: string; role: "user" | "assistant"; content: string; status: string }[] }>;
  /** Sends a request to any streaming address; the first item has the response, the others its events. at: milliseconds since it was sent. */
  raw(path: string, options?: { method?: string; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal }):
    AsyncGenerator<RawEvent & { at: number; response?: Response }, void, undefined>;
}

export function readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<RawEvent, void, undefined>;
