#include "cli/graph/layout.hpp"

#include <algorithm>
#include <numeric>

namespace tasker::cli {

namespace {

constexpr std::size_t kMostBends = 20'000;  ///< beyond it long lines go straight
constexpr int kSweeps = 6;
constexpr double kBendWidth = 10;

/// A node of the graph, or a place where a long line passes a layer.
struct Item {
  std::size_t layer = 0;
  double width = 0;
  double x = 0;
  std::vector<std::size_t> above;
  std::vector<std::size_t> below;
};

class Layers {
 public:
  Layers(const Graph& graph, const std::vector<double>& widths, const LayoutSizes& sizes) : sizes_(sizes) {
    const auto levels = levels_of(graph);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      items_.push_back({static_cast<std::size_t>(levels[i] - 1), widths[i], 0, {}, {}});
    }
    connect(graph);
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (items_[i].layer >= rows_.size()) rows_.resize(items_[i].layer + 1);
      rows_[items_[i].layer].push_back(i);
    }
  }

  Layout run(std::size_t nodes) {
    for (int sweep = 0; sweep < kSweeps; ++sweep) order(sweep % 2 == 0);
    for (auto& row : rows_) pack(row);
    for (int sweep = 0; sweep < kSweeps; ++sweep) pull(sweep % 2 == 0);
    return drawn(nodes);
  }

 private:
  struct Edge {
    std::size_t from, to;
    std::vector<std::size_t> bends;
  };

  void connect(const Graph& graph) {
    std::size_t wanted = 0;
    for (std::size_t to = 0; to < graph.nodes.size(); ++to) {
      for (const auto from : graph.nodes[to].dependencies) wanted += items_[to].layer - items_[from].layer - 1;
    }
    for (std::size_t to = 0; to < graph.nodes.size(); ++to) {
      for (const std::size_t from : graph.nodes[to].dependencies) {
        Edge edge{from, to, {}};
        std::size_t last = from;
        for (std::size_t layer = items_[from].layer + 1; wanted <= kMostBends && layer < items_[to].layer; ++layer) {
          items_.push_back({layer, kBendWidth, 0, {}, {}});
          edge.bends.push_back(items_.size() - 1);
          link(last, items_.size() - 1);
          last = items_.size() - 1;
        }
        link(last, to);
        edges_.push_back(std::move(edge));
      }
    }
  }

  void link(std::size_t above, std::size_t below) {
    items_[above].below.push_back(below);
    items_[below].above.push_back(above);
  }

  /// Sorts each row by the middle of its neighbours in the row before (downwards) or behind.
  void order(bool downwards) {
    std::vector<double> place(items_.size());
    for (const auto& row : rows_) {
      for (std::size_t i = 0; i < row.size(); ++i) place[row[i]] = static_cast<double>(i);
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      auto& row = rows_[downwards ? i : rows_.size() - 1 - i];
      std::vector<double> wanted(items_.size());
      for (const std::size_t item : row) {
        const auto& near = downwards ? items_[item].above : items_[item].below;
        double sum = 0;
        for (const std::size_t neighbour : near) sum += place[neighbour];
        wanted[item] = near.empty() ? place[item] : sum / static_cast<double>(near.size());
      }
      std::stable_sort(row.begin(), row.end(), [&](std::size_t a, std::size_t b) { return wanted[a] < wanted[b]; });
      for (std::size_t at = 0; at < row.size(); ++at) place[row[at]] = static_cast<double>(at);
    }
  }

  double distance(std::size_t left, std::size_t right) const {
    return (items_[left].width + items_[right].width) / 2 + sizes_.gap_x;
  }

  void pack(const std::vector<std::size_t>& row) {
    double whole = 0;
    for (std::size_t i = 1; i < row.size(); ++i) whole += distance(row[i - 1], row[i]);
    double x = -whole / 2;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) x += distance(row[i - 1], row[i]);
      items_[row[i]].x = x;
    }
  }

  /// Moves each row's items towards their neighbours, in order and without overlap: where several want the same place
  /// they stand around it as a block.
  void pull(bool downwards) {
    for (std::size_t i = 0; i < rows_.size(); ++i) settle(rows_[downwards ? i : rows_.size() - 1 - i], downwards);
  }

  double wanted_x(const Item& item, bool downwards) const {
    const auto& near = downwards ? item.above : item.below;
    if (near.empty()) return item.x;
    double sum = 0;
    for (const std::size_t neighbour : near) sum += items_[neighbour].x;
    return sum / static_cast<double>(near.size());
  }

  void settle(const std::vector<std::size_t>& row, bool downwards) {
    struct Block {
      double wanted;  ///< of its first item, on average
      double count;
      std::size_t begin;
      std::vector<double> offsets;
    };
    std::vector<Block> blocks;
    for (std::size_t i = 0; i < row.size(); ++i) {
      blocks.push_back({wanted_x(items_[row[i]], downwards), 1, i, {0}});
      while (blocks.size() > 1) {
        Block& right = blocks.back();
        Block& left = blocks[blocks.size() - 2];
        const double step = left.offsets.back() + distance(row[right.begin - 1], row[right.begin]);
        if (left.wanted + step <= right.wanted) break;
        left.wanted = (left.wanted * left.count + (right.wanted - step) * right.count) / (left.count + right.count);
        left.count += right.count;
        for (const double offset : right.offsets) left.offsets.push_back(step + offset);
        blocks.pop_back();
      }
    }
    for (const Block& block : blocks) {
      for (std::size_t i = 0; i < block.offsets.size(); ++i)
        items_[row[block.begin + i]].x = block.wanted + block.offsets[i];
    }
  }

  double top(std::size_t layer) const {
    return sizes_.margin + static_cast<double>(layer) * (sizes_.box_height + sizes_.gap_y);
  }

  Layout drawn(std::size_t nodes) const {
    Layout layout;
    double left = 0;
    double right = 0;
    for (const Item& item : items_) {
      left = std::min(left, item.x - item.width / 2);
      right = std::max(right, item.x + item.width / 2);
    }
    const double shift = sizes_.margin - left;
    for (std::size_t i = 0; i < nodes; ++i) {
      layout.boxes.push_back({items_[i].x + shift, top(items_[i].layer), items_[i].width});
    }
    for (const Edge& edge : edges_) {
      Layout::Line line{edge.from, edge.to, {}};
      line.points.emplace_back(items_[edge.from].x + shift, top(items_[edge.from].layer) + sizes_.box_height);
      for (const std::size_t bend : edge.bends) {
        line.points.emplace_back(items_[bend].x + shift, top(items_[bend].layer));
        line.points.emplace_back(items_[bend].x + shift, top(items_[bend].layer) + sizes_.box_height);
      }
      line.points.emplace_back(items_[edge.to].x + shift, top(items_[edge.to].layer));
      layout.lines.push_back(std::move(line));
    }
    layout.width = right - left + 2 * sizes_.margin;
    layout.height = rows_.empty() ? 2 * sizes_.margin : top(rows_.size() - 1) + sizes_.box_height + sizes_.margin;
    return layout;
  }

  LayoutSizes sizes_;
  std::vector<Item> items_;
  std::vector<Edge> edges_;
  std::vector<std::vector<std::size_t>> rows_;
};

}  // namespace

Layout lay_out(const Graph& graph, const std::vector<double>& widths, const LayoutSizes& sizes) {
  return Layers(graph, widths, sizes).run(graph.nodes.size());
}

}  // namespace tasker::cli
