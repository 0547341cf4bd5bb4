using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatApp.Providers.OpenAICompatible;

/// <summary>Puts the tool calls of one answer together from their fragments.</summary>
internal sealed class ToolCallParts
{
    private readonly SortedDictionary<int, Part> _parts = [];

    /// <summary>Takes the array <c>delta.tool_calls</c> that the reader stands on; gives its fragments for the log.</summary>
    public List<ToolCallDelta> Read(ref Utf8JsonReader json)
    {
        using var array = JsonDocument.ParseValue(ref json);
        var deltas = new List<ToolCallDelta>();
        if (array.RootElement.ValueKind != JsonValueKind.Array)
            return deltas;
        foreach (var call in array.RootElement.EnumerateArray())
        {
            // Some servers leave out the index where there is only one call.
            int index = call.TryGetProperty("index", out var i) && i.TryGetInt32(out int n) ? n : 0;
            bool first = !_parts.TryGetValue(index, out var part);
            if (first)
                _parts[index] = part = new Part();
            part!.Id ??= Text(call, "id");
            string? arguments = null;
            if (call.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object)
            {
                part.Name ??= Text(function, "name");
                arguments = Text(function, "arguments");
            }
            part.Arguments.Append(arguments);
            deltas.Add(new ToolCallDelta(index, first ? part.Id : null, first ? part.Name : null, arguments ?? ""));
        }
        return deltas;
    }

    /// <summary>The whole calls, in order; then forgets them.</summary>
    public IEnumerable<FunctionCallContent> Take()
    {
        var calls = _parts.Select(p => FunctionCallContent.CreateFromParsedArguments(
            p.Value.Arguments.ToString(), p.Value.Id ?? $"call_{p.Key}", p.Value.Name ?? "", Parse)).ToList();
        _parts.Clear();
        return calls;
    }

    // What is not JSON makes the call's Exception, which the engine tells the model.
    private static Dictionary<string, object?>? Parse(string arguments) =>
        arguments.Length == 0 ? [] : JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments, AIJsonUtilities.DefaultOptions);

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed class Part
    {
        public string? Id { get; set; }
        public string? Name { get; set; }
        public StringBuilder Arguments { get; } = new();
    }
}
