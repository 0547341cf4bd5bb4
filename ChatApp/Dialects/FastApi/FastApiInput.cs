using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChatApp.Data;

namespace ChatApp.Dialects.FastApi;

/// <summary>
/// Reads the fields of a request and gathers all that does not fit, as pydantic does in its lax mode: unknown fields are
/// accepted, an explicit null is a missing optional value, a number may stand in quotes. Ask for each field, then
/// <see cref="ThrowIfInvalid"/>.
/// </summary>
internal sealed class FastApiInput
{
    private readonly JsonObject? _body;
    private readonly IQueryCollection? _query;
    private readonly List<FastApiError> _errors = [];

    private FastApiInput(JsonObject? body, IQueryCollection? query) => (_body, _query) = (body, query);

    /// <summary>The request's query parameters.</summary>
    public static FastApiInput FromQuery(HttpContext http) => new(null, http.Request.Query);

    /// <summary>The request's form, as if it were JSON; of a repeated field the last one.</summary>
    public static async Task<FastApiInput> FromFormAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        return new FastApiInput(new JsonObject(form.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)JsonValue.Create(f.Value[^1])))), null);
    }

    /// <summary>The request's JSON object.</summary>
    /// <exception cref="RequestProblem">422: there is none. 413: it is too large.</exception>
    public static async Task<FastApiInput> FromBodyAsync(HttpContext http)
    {
        JsonNode? node;
        try
        {
            node = await JsonNode.ParseAsync(http.Request.Body, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false },
                cancellationToken: http.RequestAborted);
        }
        catch (JsonException e) when (http.Request.ContentLength == 0 || e is { LineNumber: 0, BytePositionInLine: 0 })
        {
            throw Invalid([new FastApiError("missing", "body", null, "Field required", null)]);
        }
        // Names are compared as text.
        catch (InvalidOperationException)
        {
            throw NoText();
        }
        catch (JsonException e)
        {
            throw Invalid([new FastApiError("json_invalid", "body", null, "JSON decode error", new JsonObject(),
                new JsonObject { ["error"] = $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}" })]);
        }
        if (!IsText(node))
            throw NoText();
        http.Items[typeof(FastApiInput)] = node;
        return node is JsonObject body
            ? new FastApiInput(body, null)
            : throw Invalid([new FastApiError("model_attributes_type", "body", null, "Input should be a valid dictionary or object to extract fields from", node)]);
    }

    /// <summary>The request's JSON, once it has been read; null before.</summary>
    public static JsonNode? BodyOf(HttpContext http) => http.Items[typeof(FastApiInput)] as JsonNode;

    /// <summary>A string; null where it is missing and not required.</summary>
    /// <param name="min">Unicode characters, as Python counts them; 0 for none.</param>
    /// <param name="max">Unicode characters.</param>
    public string? String(string name, bool required = false, int min = 0, int max = int.MaxValue)
    {
        if (!TryFind(name, required, out var value))
            return null;
        if (value is not JsonValue scalar || !scalar.TryGetValue(out string? text))
            return Wrong<string>(name, "string_type", "Input should be a valid string", value);
        int length = text.Length - text.Count(char.IsLowSurrogate);
        if (length < min)
            return Wrong<string>(name, "string_too_short", $"String should have at least {min} character{(min == 1 ? "" : "s")}", value, "min_length", min);
        return length > max
            ? Wrong<string>(name, "string_too_long", $"String should have at most {max} characters", value, "max_length", max)
            : text;
    }

    /// <summary>A whole number; null where it is missing.</summary>
    public int? Integer(string name)
    {
        if (!TryFind(name, false, out var value))
            return null;
        if (value is JsonValue scalar)
        {
            if (scalar.TryGetValue(out int number))
                return number;
            if (scalar.TryGetValue(out double real) && real == Math.Floor(real) && Math.Abs(real) <= int.MaxValue)
                return (int)real;
            if (scalar.TryGetValue(out string? text) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
                return number;
            if (text != null)
                return Wrong<int?>(name, "int_parsing", "Input should be a valid integer, unable to parse string as an integer", value);
        }
        return Wrong<int?>(name, "int_type", "Input should be a valid integer", value);
    }

    /// <summary>A number; null where it is missing.</summary>
    public double? Number(string name)
    {
        if (!TryFind(name, false, out var value))
            return null;
        if (value is JsonValue scalar)
        {
            if (scalar.TryGetValue(out double number) && double.IsFinite(number))
                return number;
            if (scalar.TryGetValue(out string? text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number))
                return number;
            if (text != null)
                return Wrong<double?>(name, "float_parsing", "Input should be a valid number, unable to parse string as a number", value);
        }
        return Wrong<double?>(name, "float_type", "Input should be a valid number", value);
    }

    /// <summary>A truth value; null where it is missing.</summary>
    public bool? Boolean(string name)
    {
        if (!TryFind(name, false, out var value))
            return null;
        if (value is JsonValue scalar)
        {
            if (scalar.TryGetValue(out bool flag))
                return flag;
            string text = value.ToString().ToLowerInvariant();
            if (text is "true" or "1" or "yes" or "on" or "t" or "y")
                return true;
            if (text is "false" or "0" or "no" or "off" or "f" or "n")
                return false;
        }
        return Wrong<bool?>(name, "bool_parsing", "Input should be a valid boolean, unable to interpret input", value);
    }

    /// <summary>An object; null where it is missing.</summary>
    public JsonObject? Object(string name)
    {
        if (!TryFind(name, false, out var value))
            return null;
        return value as JsonObject ?? Wrong<JsonObject>(name, "dict_type", "Input should be a valid dictionary", value);
    }

    /// <summary>A list; null where it is missing.</summary>
    public JsonArray? List(string name)
    {
        if (!TryFind(name, false, out var value))
            return null;
        return value as JsonArray ?? Wrong<JsonArray>(name, "list_type", "Input should be a valid list", value);
    }

    /// <summary>Adds what only the route can see.</summary>
    public void Reject(string name, string type, string message) => _errors.Add(new FastApiError(type, In, name, message, _body?[name]));

    /// <exception cref="RequestProblem">422, with all that does not fit.</exception>
    public void ThrowIfInvalid()
    {
        if (_errors.Count > 0)
            throw Invalid(_errors);
    }

    private static RequestProblem NoText() => Invalid([new FastApiError(
        "json_invalid", "body", null, "JSON decode error", new JsonObject(), new JsonObject { ["error"] = "a string is no valid Unicode" })]);

    /// <summary>Whether all names and strings can be read: half a surrogate pair can be written in JSON, but is no text.</summary>
    private static bool IsText(JsonNode? node)
    {
        try
        {
            return node switch
            {
                JsonObject members => members.All(m => IsText(m.Value)),
                JsonArray items => items.All(IsText),
                JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>() != null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private string In => _body != null ? "body" : "query";

    private bool TryFind(string name, bool required, out JsonNode? value)
    {
        value = _body != null ? _body[name] : _query!.TryGetValue(name, out var values) ? JsonValue.Create(values[^1]) : null;
        if (value != null)
            return true;
        if (!required)
            return false;
        // A null that was sent is not a missing field.
        if (_body?.ContainsKey(name) == true)
            _errors.Add(new FastApiError("string_type", In, name, "Input should be a valid string", null));
        else
            _errors.Add(new FastApiError("missing", In, name, "Field required", _body));
        return false;
    }

    private T? Wrong<T>(string name, string type, string message, JsonNode? value, string? limit = null, int bound = 0)
    {
        _errors.Add(new FastApiError(type, In, name, message, value, limit == null ? null : new JsonObject { [limit] = bound }));
        return default;
    }

    private static RequestProblem Invalid(IEnumerable<FastApiError> errors) =>
        new(422, "invalid_request", "The request does not fit.") { Errors = new JsonArray([.. errors.Select(e => (JsonNode)e.ToJson())]) };
}
