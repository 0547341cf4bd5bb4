using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatApp.Providers.OpenAICompatible;

/// <summary>Puts the tool calls of one answer together from their fragments.</summary>
internal sealed class ToolCallParts : IDisposable
{
    private readonly List<Part> _parts = [];
    private readonly Dictionary<int, Part> _byIndex = [];
    private int _nameless;

    /// <summary>Takes the array <c>delta.tool_calls</c> that the reader stands on; gives its fragments for the log.</summary>
    public List<ToolCallDelta> Read(ref Utf8JsonReader json)
    {
        using var array = JsonDocument.ParseValue(ref json);
        var deltas = new List<ToolCallDelta>();
        if (array.RootElement.ValueKind != JsonValueKind.Array)
            return deltas;
        foreach (var call in array.RootElement.EnumerateArray())
        {
            if (call.ValueKind == JsonValueKind.Object && Read(call) is { } delta)
                deltas.Add(delta);
        }
        return deltas;
    }

    /// <summary>Null as long as nobody knows which tool it calls.</summary>
    private ToolCallDelta? Read(JsonElement call)
    {
        // Some servers leave out the index where there is only one call.
        int index = call.TryGetProperty("index", out var i) && i.ValueKind == JsonValueKind.Number && i.TryGetInt32(out int n) ? n : 0;
        string? id = Text(call, "id"), name = null;
        JsonElement arguments = default;
        if (call.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object)
        {
            name = Text(function, "name");
            function.TryGetProperty("arguments", out arguments);
        }
        // Others give all calls the same one.
        if (!_byIndex.TryGetValue(index, out var part) || (id != null && name != null && part.Id != null && id != part.Id))
            _parts.Add(_byIndex[index] = part = new Part(_parts.Count));
        part.Id ??= id;
        part.Name ??= name;
        string piece = part.Append(arguments);
        if (part.IsShown)
            return new ToolCallDelta(part.Number, null, null, piece);
        if (part.Name == null)
        {
            // Nothing of it is in the answer yet, whose length is limited.
            return (_nameless += piece.Length + 1) <= MaxNameless ? null : throw new JsonException("Tool calls have arguments and no name.");
        }
        part.IsShown = true;
        return new ToolCallDelta(part.Number, part.Id ??= part.OwnId, part.Name, part.Arguments.ToString());
    }

    /// <summary>The whole calls, in order; then forgets them.</summary>
    public IEnumerable<FunctionCallContent> Take()
    {
        var calls = _parts.ConvertAll(p => FunctionCallContent.CreateFromParsedArguments(p.Arguments.ToString(), p.Id ?? p.OwnId, p.Name ?? "", Parse));
        Dispose();
        _parts.Clear();
        _byIndex.Clear();
        return calls;
    }

    public void Dispose() => _parts.ForEach(p => p.Dispose());

    /// <summary>UTF-16 units and pieces that come before their tool's name; the name comes first from every known server.</summary>
    private const int MaxNameless = 64 * 1024;

    // What is not JSON makes the call's Exception, which the engine tells the model.
    private static Dictionary<string, object?>? Parse(string arguments) =>
        arguments.Length == 0 ? [] : JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments, AIJsonUtilities.DefaultOptions);

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private sealed class Part(int number) : IDisposable
    {
        private readonly DeltaText _piece = new();

        /// <summary>Among the answer's calls, from 0.</summary>
        public int Number { get; } = number;

        /// <summary>For a server that gives none.</summary>
        public string OwnId => $"call_{Number}";

        public string? Id { get; set; }
        public string? Name { get; set; }
        public StringBuilder Arguments { get; } = new();

        /// <summary>Whether its first piece is in the log.</summary>
        public bool IsShown { get; set; }

        /// <summary>Adds a fragment of the arguments; half of an emoji waits for the fragment with the other.</summary>
        /// <returns>What it adds.</returns>
        public string Append(JsonElement fragment)
        {
            if (fragment.ValueKind != JsonValueKind.String)
                return "";
            var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(fragment.GetRawText()));
            json.Read();
            _piece.Append(ref json);
            string added = _piece.HasText ? _piece.Take() : "";
            Arguments.Append(added);
            return added;
        }

        public void Dispose() => _piece.Dispose();
    }
}
