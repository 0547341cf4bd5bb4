using Microsoft.Extensions.AI;

namespace ChatApp.Providers;

/// <summary>
/// A piece of a tool call as it arrives, in order with the text around it, for the log. The whole call follows as a
/// <see cref="FunctionCallContent"/> before the finish reason. Only streamed, never part of a collected response.
/// </summary>
/// <param name="index">Which call of the answer, from 0.</param>
/// <param name="callId">Set on the first piece of a call, null on the others.</param>
/// <param name="name">The tool; set on the first piece of a call, null on the others.</param>
/// <param name="arguments">The next part of the JSON text of the arguments; may be empty.</param>
public sealed class ToolCallDelta(int index, string? callId, string? name, string arguments) : AIContent
{
    public int Index { get; } = index;
    public string? CallId { get; } = callId;
    public string? Name { get; } = name;
    public string Arguments { get; } = arguments;
}
