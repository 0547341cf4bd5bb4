using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatApp.Components.Layout;

/// <summary>
/// What a person has done in the sidebar: menus, drag and renaming work in the browser without a round trip, and end in one of
/// these (wwwroot/js/sidebar-commands.js), by the change event of one hidden field.
/// </summary>
/// <param name="Do">What to do, e.g. <c>pin</c>.</param>
/// <param name="Id">The conversation or folder; empty for none.</param>
/// <param name="Value">A title, a folder's id, a line; null for none.</param>
public sealed record SidebarCommand(string Do, Guid Id, string? Value)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Null where it is none: the field is in the browser's hands.</summary>
    public static SidebarCommand? Parse(object? value)
    {
        try
        {
            return value is string json ? JsonSerializer.Deserialize<SidebarCommand>(json, Options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => JsonSerializer.Serialize(this, Options);
}
